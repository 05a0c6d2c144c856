/** The same keys with any text: `const en: Words<typeof zh>`. Plurals: `x_one` and `x_other` in both. */
export type Words<T> = { readonly [K in keyof T]: T[K] extends string ? string : Words<T[K]> }
