// Prints the largest error in metres over 20,000 places in and around Chongqing, and the smallest
// shift: a transformation that does nothing comes home exactly too.
import { runnerImport } from 'vite'

const { module: datum } = await runnerImport('./src/map/datum.ts')

const METRES = 111_320
let seed = 1
const random = () => {
  seed = (seed * 48_271) % 2_147_483_647
  return seed / 2_147_483_647
}
const metres = (one, other) =>
  Math.hypot(
    (one[0] - other[0]) * Math.cos((one[1] * Math.PI) / 180) * METRES,
    (one[1] - other[1]) * METRES,
  )

let error = 0
let shift = Number.POSITIVE_INFINITY
for (let at = 0; at < 20_000; at += 1) {
  const place = [105.2 + random() * 5.1, 28.1 + random() * 4.2]
  const shown = datum.toDisplay('gcj02', place)
  error = Math.max(error, metres(datum.toStored('gcj02', shown), place))
  shift = Math.min(shift, metres(shown, place))
}
const [longitude, latitude] = datum.toDisplay('gcj02', [106.57, 29.56])
console.log(JSON.stringify({ error, shift, longitude, latitude }))
