import { useWords } from '../words'

/** Mark, name of the product, and that of the installation or what it is. */
export function Brand({ installation }: { installation: string }) {
  const { t } = useWords()
  return (
    <div className="cf-brand">
      <img src="/icon.svg" alt="" width="30" height="30" />
      <div className="cf-brand-words">
        <strong>{t('product.name')}</strong>
        <span>{installation === '' ? t('product.tagline') : installation}</span>
      </div>
    </div>
  )
}
