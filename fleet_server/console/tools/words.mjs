// Fails when the two languages do not say the same things: a key or a value that is missing, or a
// placeholder that only one of them has.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Sentences by their key: `app.search`. */
function flat(words, path = '', found = new Map()) {
  for (const [key, value] of Object.entries(words)) {
    const here = path === '' ? key : `${path}.${key}`
    if (typeof value === 'string') found.set(here, value)
    else flat(value, here, found)
  }
  return found
}

function placeholders(text) {
  return [...text.matchAll(/\{\{\s*([\w.]+)/g)]
    .map(([, name]) => name)
    .sort()
    .join(' ')
}

function* faults(zh, en) {
  for (const key of new Set([...zh.keys(), ...en.keys()])) {
    const [chinese, english] = [zh.get(key), en.get(key)]
    if (!chinese?.trim() || !english?.trim()) yield `${key}: empty or missing in one language`
    else if (placeholders(chinese) !== placeholders(english)) yield `${key}: other placeholders`
  }
}

const vite = await createServer({
  root,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
})
const [zh, en] = await Promise.all(
  ['zh-CN', 'en'].map(async (language) => {
    const files = ['all', 'screens'].map((part) => `/src/words/${part}.${language}.ts`)
    const loaded = await Promise.all(files.map((file) => vite.ssrLoadModule(file)))
    return flat(Object.assign({}, ...loaded.map(({ words }) => words)))
  }),
)
await vite.close()
const found = [...faults(zh, en)]
for (const fault of found) console.error(`src/words: ${fault}`)
console.log(`${zh.size} sentences in two languages`)
process.exitCode = found.length > 0 ? 1 : 0
