/** What other screens may use of the map: `PickPlace`, and `MapView`, loaded when first shown. */
export { PickPlace } from './PickPlace'
