import { useWords } from '../words'
import type { Console } from './session'

/** Mark, name of the installation and what it is. */
export function Brand({ console }: { console: Console }) {
  const { t } = useWords()
  return (
    <div className="cf-brand">
      <img src="/icon.svg" alt="" width="30" height="30" />
      <div className="cf-brand-words">
        <strong>{t('product.name')}</strong>
        <span>{console.name === '' ? t('product.tagline') : console.name}</span>
      </div>
    </div>
  )
}
