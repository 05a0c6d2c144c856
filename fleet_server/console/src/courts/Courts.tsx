/** The courts: records of who owns the assets, and how to reach them. */

import { ActionIcon, Anchor, Button, Group } from '@mantine/core'
import { IconBuildingBank, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useCallback, useState } from 'react'
import { Link } from 'react-router'
import { $api, type Schemas } from '../api/client'
import { NOTHING } from '../app/format'
import { EmptyState, ErrorState, Loading, PageHeader } from '../app/parts'
import { useMay } from '../app/session'
import { SearchBox } from '../assets/SearchBox'
import classes from '../assets/screens.module.css'
import { put, useAddress } from '../assets/useAddress'
import { type Column, VirtualTable } from '../assets/VirtualTable'
import { useWords } from '../words'
import { CourtDialog } from './CourtDialog'
import { RemoveCourt } from './RemoveCourt'

export type Court = Schemas['CourtOut']
type Doing = { readonly what: 'edit' | 'remove'; readonly court: Court } | { readonly what: 'add' }

export default function Courts() {
  const { t } = useWords()
  const [params, alter] = useAddress()
  const [doing, setDoing] = useState<Doing | null>(null)
  const mayOperate = useMay('operator')
  const asked = $api.useQuery('get', '/api/v1/courts')
  const text = params.get('q') ?? ''
  const search = useCallback((typed: string) => alter((now) => put(now, 'q', typed)), [alter])
  const columns = useColumns(mayOperate, setDoing)
  if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (asked.data === undefined) return <Loading />
  const all = asked.data.items
  const rows = all.filter((court) => matches(court, text))
  const close = () => setDoing(null)
  return (
    <div className={classes.screen}>
      <PageHeader title={t('screens.courts')} note={t('courts.counted', { n: all.length })}>
        {mayOperate && (
          <Button
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setDoing({ what: 'add' })}
          >
            {t('courts.add')}
          </Button>
        )}
      </PageHeader>
      <div className={classes.toolbar}>
        <SearchBox label={t('courts.search')} text={text} onChange={search} />
      </div>
      {rows.length === 0 ? (
        <EmptyState
          icon={<IconBuildingBank size={32} stroke={1.5} aria-hidden />}
          title={t(all.length === 0 ? 'courts.empty' : 'courts.nothing')}
          note={all.length === 0 ? t('courts.emptyText') : undefined}
        />
      ) : (
        <VirtualTable
          label={t('courts.table')}
          columns={columns}
          rows={rows}
          keyOf={(court) => court.name}
          onOpen={mayOperate ? (court) => setDoing({ what: 'edit', court }) : undefined}
        />
      )}
      {doing?.what === 'add' && <CourtDialog court={null} onClose={close} />}
      {doing?.what === 'edit' && <CourtDialog court={doing.court} onClose={close} />}
      {doing?.what === 'remove' && <RemoveCourt court={doing.court} onClose={close} />}
    </div>
  )
}

function matches(court: Court, text: string): boolean {
  const where = [court.name, court.district, court.contact, court.phone].join('\n').toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => where.includes(word))
}

function useColumns(mayOperate: boolean, onDo: (doing: Doing) => void): Column<Court>[] {
  const { t } = useWords()
  const columns: Column<Court>[] = [
    { id: 'name', title: t('courts.name'), width: 240, grows: true, cell: (one) => one.name },
    {
      id: 'level',
      title: t('courts.level'),
      width: 110,
      cell: (one) => t(`courts.levels.${one.level}`),
    },
    {
      id: 'district',
      title: t('courts.district'),
      width: 170,
      cell: (one) => one.district || NOTHING,
    },
    {
      id: 'contact',
      title: t('courts.contact'),
      width: 140,
      cell: (one) => one.contact || NOTHING,
    },
    { id: 'phone', title: t('courts.phone'), width: 150, cell: (one) => <Phone court={one} /> },
    {
      id: 'hours',
      title: t('courts.hours'),
      width: 230,
      grows: true,
      cell: (one) => one.hours || NOTHING,
    },
    { id: 'assets', title: t('courts.assets'), width: 90, isNumber: true, cell: AssetCount },
  ]
  if (!mayOperate) return columns
  const buttons = (court: Court) => (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        variant="subtle"
        aria-label={t('courts.edit', { court: court.name })}
        onClick={() => onDo({ what: 'edit', court })}
      >
        <IconPencil size={15} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('courts.remove', { court: court.name })}
        onClick={() => onDo({ what: 'remove', court })}
      >
        <IconTrash size={15} aria-hidden />
      </ActionIcon>
    </Group>
  )
  return [...columns, { id: 'actions', title: t('courts.actions'), width: 96, cell: buttons }]
}

function Phone({ court }: { court: Court }) {
  return court.phone ? <Anchor href={`tel:${court.phone}`}>{court.phone}</Anchor> : NOTHING
}

function AssetCount(court: Court) {
  return (
    <Anchor component={Link} to={`/assets?court=${encodeURIComponent(court.name)}`}>
      {court.assets}
    </Anchor>
  )
}
