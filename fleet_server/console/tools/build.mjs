// Builds into a folder of its own and then puts it in place of `dist`, so that a server that runs
// serves the old build or the new one.
import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { report } from './sizes.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const dist = join(root, 'dist')
const fresh = `${dist}.${process.pid}`
const old = `${fresh}.old`

try {
  await build({ root, logLevel: 'warn', build: { outDir: fresh, emptyOutDir: true } })
  report(fresh) // `npm run check` refuses what is too heavy; a build is a build
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(fresh, dist)
} finally {
  rmSync(fresh, { recursive: true, force: true })
  rmSync(old, { recursive: true, force: true })
}
