/** The backpack book: what is out, with whom and until when; what came back, and what did not. */

import { Anchor, Button, Group, SegmentedControl, Select } from '@mantine/core'
import { IconBackpack, IconDoorExit } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useAssets } from '../api/assets'
import { EmptyState, ErrorState, Loading, PageHeader } from '../app/parts'
import { useMay } from '../app/session'
import { FileButton } from '../assets/FileButton'
import screens from '../assets/screens.module.css'
import { put, useAddress } from '../assets/useAddress'
import { useWords } from '../words'
import './book.css'
import { CheckIn } from './CheckIn'
import { CheckOut } from './CheckOut'
import { Entries } from './Entries'
import { type Entry, useBook } from './entries'

type Doing = { readonly what: 'out' } | { readonly what: 'in'; readonly entry: Entry }

export default function Book() {
  const { t } = useWords()
  const [params, alter] = useAddress()
  const [doing, setDoing] = useState<Doing | null>(null)
  const mayOperate = useMay('operator')
  const asset = params.get('asset')
  const isWhole = asset !== null || params.get('show') === 'all'
  const out = useBook({ onlyOut: true })
  const shown = useBook({ onlyOut: !isWhole, asset })
  const change = (name: string, value: string | null) => alter((now) => put(now, name, value))
  const close = () => setDoing(null)
  return (
    <div className={screens.screen}>
      <PageHeader title={t('screens.book')} note={<Counted out={out.entries} />}>
        {(['xlsx', 'csv'] as const).map((format) => (
          <FileButton
            key={format}
            file={{
              path: '/backpack-book/export',
              query: { format, asset: asset ?? '', only_out: isWhole ? '' : 'true' },
            }}
            label={t(format === 'xlsx' ? 'book.exportXlsx' : 'book.exportCsv')}
          />
        ))}
        {mayOperate && (
          <Button
            size="xs"
            leftSection={<IconDoorExit size={14} aria-hidden />}
            onClick={() => setDoing({ what: 'out' })}
          >
            {t('book.take')}
          </Button>
        )}
      </PageHeader>
      <Group className={screens.toolbar} gap="xs" role="search">
        <SegmentedControl
          size="xs"
          aria-label={t('book.show')}
          data={[
            { value: 'out', label: t('book.out') },
            { value: 'all', label: t('book.all') },
          ]}
          value={isWhole ? 'all' : 'out'}
          onChange={(value) =>
            alter((now) => {
              put(now, 'show', value === 'all' ? 'all' : null)
              if (value === 'out') now.delete('asset')
            })
          }
        />
        <BackpackSelect asset={asset} onChange={(value) => change('asset', value)} />
      </Group>
      {shown.error && shown.entries.length === 0 ? (
        <ErrorState error={shown.error} retry={shown.refetch} />
      ) : shown.isLoading ? (
        <Loading />
      ) : shown.entries.length === 0 ? (
        <EmptyState
          icon={<IconBackpack size={32} stroke={1.5} aria-hidden />}
          title={t(isWhole ? 'book.nothing' : 'book.empty')}
          note={t(isWhole ? 'book.nothingText' : 'book.emptyText')}
        />
      ) : (
        <Entries
          entries={shown.entries}
          more={shown.more}
          mayOperate={mayOperate}
          onAsset={(one) => change('asset', one)}
          onGive={(entry) => setDoing({ what: 'in', entry })}
        />
      )}
      {doing?.what === 'out' && <CheckOut out={out.entries} asset={asset} onClose={close} />}
      {doing?.what === 'in' && <CheckIn entry={doing.entry} onClose={close} />}
    </div>
  )
}

function Counted({ out }: { out: readonly Entry[] }) {
  const { t } = useWords()
  const { assets } = useAssets()
  const all = [...assets.values()].filter((one) => one.kind === 'backpack').length
  const overdue = out.filter((one) => one.is_overdue).length
  return (
    <Anchor component="span" c={overdue > 0 ? 'var(--cf-fault-text)' : 'inherit'} underline="never">
      {t('book.counted', { out: out.length, overdue, in: Math.max(0, all - out.length) })}
    </Anchor>
  )
}

interface SelectProps {
  readonly asset: string | null
  readonly onChange: (asset: string | null) => void
}

function BackpackSelect({ asset, onChange }: SelectProps) {
  const { t } = useWords()
  const { assets } = useAssets()
  const data = useMemo(
    () =>
      [...assets.values()]
        .filter((one) => one.kind === 'backpack')
        .map((one) => ({ value: one.id, label: `${one.id} ${one.name}` })),
    [assets],
  )
  return (
    <Select
      size="xs"
      w={240}
      searchable
      clearable
      aria-label={t('book.backpack')}
      placeholder={t('book.anyBackpack')}
      data={data}
      value={asset}
      onChange={onChange}
    />
  )
}
