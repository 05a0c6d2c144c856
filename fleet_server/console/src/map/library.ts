/** MapLibre with its worker. Only files of this folder import it, and only lazily loaded ones. */

import 'maplibre-gl/dist/maplibre-gl.css'
import { addProtocol, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { Protocol } from 'pmtiles'

let isPrepared = false

/** Once before the first map: version 6 draws nothing without its worker's address. */
export function prepareLibrary(): void {
  if (isPrepared) return
  isPrepared = true
  setWorkerUrl(workerUrl)
  addProtocol('pmtiles', new Protocol().tile)
}
