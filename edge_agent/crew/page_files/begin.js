// Starts the page once its first words are painted: drawing all of it takes longer than they do.
// @ts-check

requestAnimationFrame(() => setTimeout(() => import('./crew.js')))
