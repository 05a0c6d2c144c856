import './parts.css'

/** A number plate as people know it; nothing when there is none. */
export function PlateTag({ plate }: { plate: string | null | undefined }) {
  return plate ? <span className="cf-plate">{plate}</span> : null
}
