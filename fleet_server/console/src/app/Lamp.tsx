import { useLamp } from '../api/live'
import { useWords } from '../words'
import { age } from './format'

/** Whether the page is live, and how old what it shows may be. */
export function Lamp() {
  const { t } = useWords()
  const { state, ageSeconds } = useLamp()
  return (
    <div className="cf-lamp" data-state={state}>
      <span className="cf-lamp-light" aria-hidden="true" />
      <span className="cf-lamp-word">{t(`lamp.${state}`)}</span>
      <span className="cf-lamp-age">{t('lamp.age', { age: age(ageSeconds * 1000) })}</span>
    </div>
  )
}
