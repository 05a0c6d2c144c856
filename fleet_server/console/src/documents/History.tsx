/** The versions of a document for this scope: what each changed, and putting one back. */

import { Button, Group, Table, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { instant } from '../app/format'
import { OlderButton } from '../app/OlderButton'
import { Dialogue, EmptyState, ErrorState, Loading } from '../app/parts'
import { useMay } from '../app/session'
import { useWords } from '../words'
import { differences } from './differences'
import './documents.css'
import type { Table as Content } from './draft'
import { type Name, type Scope, type Version, versions, written } from './scope'

interface Props {
  readonly name: Name
  readonly scope: Scope
  readonly draft: Content
  /** Takes an earlier version into the form, where it is looked at and saved like any change. */
  readonly onPick: (content: Content) => void
  readonly onClose: () => void
}

const MOST_CHANGES = 6

export function History({ name, scope, draft, onPick, onClose }: Props) {
  const { t } = useWords()
  const asked = useInfiniteQuery({
    queryKey: ['documents', 'versions', name, written(scope)],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) => versions(name, scope, pageParam),
    getNextPageParam: (page) => page.next ?? undefined,
    gcTime: 0,
  })
  const items = asked.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Dialogue onClose={onClose} title={t('documents.versions')} size="xl">
      {asked.error ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : asked.data === undefined ? (
        <Loading />
      ) : items.length === 0 ? (
        <EmptyState title={t('documents.noVersions')} note={t('documents.noVersionsNote')} />
      ) : (
        <Table verticalSpacing="xs" aria-label={t('documents.versions')}>
          <Table.Tbody>
            {items.map((one, place) => (
              <Row
                key={one.version}
                version={one}
                before={items[place + 1]}
                isLast={place === items.length - 1 && !asked.hasNextPage}
                isDraft={differences(draft, one.content).length === 0}
                onPick={() => onPick({ ...Object(one.content) })}
              />
            ))}
          </Table.Tbody>
        </Table>
      )}
      <OlderButton pages={asked} label={t('documents.older')} m="sm" />
    </Dialogue>
  )
}

interface RowProps {
  readonly version: Version
  readonly before: Version | undefined
  readonly isLast: boolean
  readonly isDraft: boolean
  readonly onPick: () => void
}

function Row({ version, before, isLast, isDraft, onPick }: RowProps) {
  const { t } = useWords()
  const mayOperate = useMay('operator')
  const found = before === undefined ? [] : differences(before.content, version.content)
  return (
    <Table.Tr data-version={version.version}>
      <Table.Td className="cf-instant">
        <b>{t('documents.version', { version: version.version })}</b>
        <div className="cf-quiet">{instant(version.made_at)}</div>
      </Table.Td>
      <Table.Td>
        {version.who}
        {version.note !== '' && <Text size="sm">{version.note}</Text>}
      </Table.Td>
      <Table.Td>
        {isLast && <span className="cf-quiet">{t('documents.firstVersion')}</span>}
        <ul className="cf-differences">
          {found.slice(0, MOST_CHANGES).map((one) => (
            <li key={one.field}>
              <span className="cf-mono">{one.field}</span> {one.before} → {one.after}
            </li>
          ))}
          {found.length > MOST_CHANGES && <li>+{found.length - MOST_CHANGES}</li>}
        </ul>
      </Table.Td>
      <Table.Td>
        <Group justify="flex-end">
          {isDraft ? (
            <span className="cf-quiet">{t('documents.isDraft')}</span>
          ) : (
            mayOperate && (
              <Button size="compact-xs" variant="default" onClick={onPick}>
                {t('documents.putBack')}
              </Button>
            )
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}
