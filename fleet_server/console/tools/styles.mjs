// Fails when the console uses a Mantine component whose style is not in src/app/mantine.css.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const styles = readFileSync(join(root, 'src', 'app', 'mantine.css'), 'utf8')
const hasStyle = (name) =>
  existsSync(join(root, 'node_modules', '@mantine', 'core', 'styles', `${name}.css`))
const missing = new Set()
for (const entry of readdirSync(join(root, 'src'), { recursive: true })) {
  if (!entry.endsWith('.tsx')) continue
  const text = readFileSync(join(root, 'src', entry), 'utf8')
  for (const [, names] of text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)) {
    for (const name of names.match(/\b[A-Z]\w+/g) ?? []) {
      if (hasStyle(name) && !styles.includes(`/${name}.css`)) missing.add(name)
    }
  }
}
for (const name of missing) {
  console.error(`src/app/mantine.css lacks @import "@mantine/core/styles/${name}.css";`)
}
process.exitCode = missing.size > 0 ? 1 : 0
