/** Which version holds here, where it comes from, whom it reaches; and taking over another's. */

import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { said } from '../api/client'
import { instant } from '../app/format'
import { useWords } from '../words'
import type { Table } from './draft'
import { type Document, isOwn, KINDS, load, type Name, type Scope, written } from './scope'

interface Props {
  readonly name: Name
  readonly scope: Scope
  readonly document: Document
  readonly onTakeOver: (content: Table) => void
}

export function Origin({ name, scope, document, onTakeOver }: Props) {
  const { t } = useWords()
  const { version, who, note, made_at: madeAt, assets, held } = document
  const isHere = version > 0 && isOwn(scope, document.scope)
  return (
    <div className="cf-origin">
      <div>
        <b>{version === 0 ? t('documents.nobody') : t('documents.version', { version })}</b>
        {version > 0 && (
          <>
            {' · '}
            {isHere ? t('documents.own') : t('documents.from', { scope: nameOf(document, t) })}
            {' · '}
            {who} {instant(madeAt)}
            {note !== '' && ` · ${note}`}
          </>
        )}
      </div>
      <div className="cf-quiet">
        {t(isHere ? 'documents.reaches' : 'documents.wouldReach', { count: assets.length })}
        {held !== null &&
          ` · ${t(held >= version ? 'documents.held' : 'documents.notHeld', { held })}`}
        {!isHere && <TakeOver name={name} scope={scope} onTakeOver={onTakeOver} />}
      </div>
    </div>
  )
}

type Translate = ReturnType<typeof useWords>['t']

/** Who saved a newer version, when and why. */
export function overtakenBy(newest: Document, t: Translate): string {
  const { version, who, note, made_at: madeAt } = newest
  return t('documents.overtakenBy', { version, who, at: instant(madeAt), note })
}

/** What the server writes of a scope, in words. */
function nameOf({ scope }: Document, t: Translate): string {
  if (scope === '') return t('documents.scopes.fleet')
  const kind = KINDS.find((one) => scope === `@kind:${one}`)
  if (kind !== undefined) return t('documents.scopes.kind', { kind: t(`kind.${kind}`) })
  return scope.replace(/^@court:/, '')
}

function TakeOver({ name, scope, onTakeOver }: Omit<Props, 'document'>) {
  const { t } = useWords()
  const [refusal, setRefusal] = useState('')
  const sources: Scope[] = [
    { of: 'fleet' },
    ...KINDS.map((kind) => ({ of: 'kind', kind }) as const),
  ]
  const take = (source: Scope) =>
    load(name, source).then(
      (found) => onTakeOver({ ...Object(found.content) }),
      (error: unknown) => setRefusal(said(error)),
    )
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          rightSection={<IconChevronDown size={12} aria-hidden />}
        >
          {t('documents.takeOver')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {sources
          .filter((source) => written(source) !== written(scope))
          .map((source) => (
            <Menu.Item key={written(source)} onClick={() => void take(source)}>
              {source.of === 'kind'
                ? t('documents.scopes.kind', { kind: t(`kind.${source.kind}`) })
                : t('documents.scopes.fleet')}
            </Menu.Item>
          ))}
        {refusal !== '' && <Menu.Label c="var(--cf-fault-text)">{refusal}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  )
}
