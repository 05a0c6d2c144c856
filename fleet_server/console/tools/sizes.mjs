// How much a browser loads before the first screen and the map: gzip, as most servers send it.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

/** In kB of 1000 bytes: everything that the first screen needs before its map. */
const MOST_KILOBYTES = 250

/** What only a map or a chart needs, and loads by itself. */
const LATER = /^src\/(map|chart)\//

/** Bytes of each script and style that the overview loads in one language before its map. */
export function measure(dist) {
  const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8'))
  const files = new Set()
  const seen = new Set()
  const visit = (key) => {
    if (seen.has(key) || LATER.test(key)) return
    seen.add(key)
    const chunk = manifest[key]
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file)
    for (const needed of chunk.imports ?? []) visit(needed)
  }
  visit('index.html')
  visit('src/overview/Overview.tsx')
  visit('src/words/all.zh-CN.ts')
  const bytes = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length
  return [...files].map((file) => ({ file, bytes: bytes(file) }))
}

/** Prints what a build weighs; false when it is too much. */
export function report(dist) {
  const found = measure(dist)
  const kilobytes = found.reduce((sum, { bytes }) => sum + bytes, 0) / 1000
  for (const { file, bytes } of found)
    console.log(`  ${(bytes / 1000).toFixed(1).padStart(7)} kB  ${file}`)
  console.log(
    `  ${kilobytes.toFixed(1).padStart(7)} kB  before the map, of ${MOST_KILOBYTES} (gzip)`,
  )
  return kilobytes <= MOST_KILOBYTES
}

const here = fileURLToPath(import.meta.url)
if (argv[1] === here && !report(join(dirname(here), '..', 'dist'))) process.exit(1)
