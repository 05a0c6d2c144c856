/** The asset table: everything in the field, its state, and what can be done with many at once. */

import { Button } from '@mantine/core'
import { IconPlus, IconTruck, IconUpload } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { useGlances, useNow } from '../api/live'
import { EmptyState, ErrorState, Loading, PageHeader } from '../app/parts'
import { useMay, useSession } from '../app/session'
import { usePlace } from '../readiness/services'
import { useWords } from '../words'
import { BulkBar } from './BulkBar'
import { useColumns } from './columns'
import { FileButton } from './FileButton'
import { Filters } from './Filters'
import { ImportDialog } from './ImportDialog'
import { NewAsset } from './NewAsset'
import { type Row, rowsOf, shownIn, tagsOf } from './rows'
import classes from './screens.module.css'
import { useEverything } from './useEverything'
import { useView } from './useView'
import { ViewMenu } from './ViewMenu'
import { VirtualTable } from './VirtualTable'
import { paramsOf } from './view'

/** `?do=add` and `?do=import` open the form and the dialogue: an asset may be called "new". */
export default function Assets() {
  const [params] = useSearchParams()
  return params.get('do') === 'add' ? <NewAsset /> : <Table doing={params.get('do')} />
}

function Table({ doing }: { doing: string | null }) {
  const { t } = useWords()
  const navigate = useNavigate()
  const [view, change] = useView()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const account = useSession().session.name
  const mayOperate = useMay('operator')
  const { assets, isLoading, error, refetch } = useEverything(view.retired)
  const glances = useGlances()
  const place = usePlace(view.service)
  const all = useMemo(() => rowsOf(assets.values(), glances, place), [assets, glances, place])
  const rows = useMemo(() => shownIn(view, all), [view, all])
  const courts = useMemo(() => [...new Set(all.map((row) => row.asset.court))].sort(), [all])
  const tags = useMemo(() => tagsOf(assets.values()), [assets])
  const columns = useColumns(useNow(1000), place !== null, tags.length > 0)
  const chosen = all.filter((row) => selected.has(row.asset.id)).map((row) => row.asset)

  if (error && assets.size === 0) return <ErrorState error={error} retry={refetch} />
  return (
    <div className={classes.screen}>
      <PageHeader
        title={t('screens.assets')}
        note={isLoading ? '' : t('assets.counted', { shown: rows.length, all: all.length })}
      >
        <ViewMenu
          view={view}
          account={account}
          onChange={(next) => navigate({ search: paramsOf(next).toString() })}
        />
        <Exports />
        {mayOperate && (
          <>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconUpload size={14} aria-hidden />}
              onClick={() => navigate('?do=import')}
            >
              {t('assets.import')}
            </Button>
            <AddButton />
          </>
        )}
      </PageHeader>
      <div className={classes.toolbar}>
        {chosen.length > 0 ? (
          <BulkBar
            assets={chosen}
            isEverything={view.retired === 'include' && chosen.length === all.length}
            mayMove={mayOperate}
            onClear={() => setSelected(new Set())}
          />
        ) : (
          <Filters view={view} onChange={change} courts={courts} tags={tags} />
        )}
      </div>
      {isLoading ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Nothing isNew={all.length === 0 && view.retired === 'exclude'} mayAdd={mayOperate} />
      ) : (
        <VirtualTable<Row>
          label={t('assets.table')}
          columns={columns}
          rows={rows}
          keyOf={(row) => row.asset.id}
          sorting={{
            column: view.sort,
            descending: view.descending,
            onSort: (column) => {
              const sort = columns.find((one) => one.id === column)?.id ?? view.sort
              change({ sort, descending: sort === view.sort && !view.descending })
            },
          }}
          selection={{
            keys: selected,
            onChange: setSelected,
            labelOf: (row) => t('assets.select.one', { asset: row.asset.id }),
            allLabel: t('assets.select.all'),
          }}
          onOpen={(row) => navigate(`/assets/${row.asset.id}`)}
        />
      )}
      {doing === 'import' && <ImportDialog onClose={() => navigate('/assets')} />}
    </div>
  )
}

function AddButton() {
  const { t } = useWords()
  const navigate = useNavigate()
  return (
    <Button
      size="xs"
      leftSection={<IconPlus size={14} aria-hidden />}
      onClick={() => navigate('/assets?do=add')}
    >
      {t('assets.add')}
    </Button>
  )
}

function Exports() {
  const { t } = useWords()
  return (['xlsx', 'csv'] as const).map((format) => (
    <FileButton
      key={format}
      file={{ path: '/assets/export', query: { format } }}
      label={t(format === 'xlsx' ? 'assets.exportXlsx' : 'assets.exportCsv')}
    />
  ))
}

function Nothing({ isNew, mayAdd }: { isNew: boolean; mayAdd: boolean }) {
  const { t } = useWords()
  const icon = <IconTruck size={32} stroke={1.5} aria-hidden />
  if (!isNew) {
    return (
      <EmptyState
        icon={icon}
        title={t('assets.empty.nothing')}
        note={t('assets.empty.nothingText')}
      />
    )
  }
  return (
    <EmptyState icon={icon} title={t('assets.empty.title')} note={t('assets.empty.text')}>
      {mayAdd && <AddButton />}
    </EmptyState>
  )
}
