/** One document in a form: what it says is looked at by the server as it changes. */

import { Button, Group, Tabs } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconCode, IconDeviceFloppy, IconHistory } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import type { Schemas } from '../api/client'
import { useMay, useSession } from '../app/session'
import { useWords } from '../words'
import { isWithin, Problems, type Table, tablesOf, textOf } from './draft'
import { History } from './History'
import { useKnown } from './known'
import { ListEditor } from './ListEditor'
import { Origin, overtakenBy } from './Origin'
import {
  DeviceForm,
  GeneralForm,
  ItemForm,
  NEW_DEVICE,
  NEW_ITEM,
  NEW_PLATFORM,
  NEW_SIM,
  PlatformForm,
  SimForm,
} from './ProfileForms'
import { SaveDialog } from './SaveDialog'
import { NEW_SERVICE, ServiceForm } from './ServiceForm'
import { check, type Document, type Name, type Scope } from './scope'
import { TomlDialog } from './TomlDialog'
import { useOptions } from './words'

const CHECK_AFTER_MILLISECONDS = 400
const NO_PROBLEMS: readonly Schemas['FieldProblem'][] = []

type Open = 'save' | 'history' | 'toml' | null

interface Props {
  readonly name: Name
  readonly scope: Scope
  /** The newest that is known; what is edited stays until it is saved or given up. */
  readonly document: Document
}

export function Editor({ name, scope, document: newest }: Props) {
  const { t } = useWords()
  const { document, draft, setDraft, take } = useDraft(newest)
  const [open, setOpen] = useState<Open>(null)
  const mayChange = useMayChange(scope)
  const checked = useCheck(name, draft)
  const isChanged = draft !== document.content
  const isOvertaken = newest.version > document.version
  useLeaving(isChanged)
  const problems = checked?.problems ?? NO_PROBLEMS
  const errors = problems.filter((one) => !one.is_warning)
  const [first] = errors
  const close = () => setOpen(null)
  return (
    <Problems.Provider value={problems}>
      <div className="cf-document-head">
        <Origin name={name} scope={scope} document={document} onTakeOver={setDraft} />
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconHistory size={14} aria-hidden />}
            onClick={() => setOpen('history')}
          >
            {t('documents.versions')}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconCode size={14} aria-hidden />}
            onClick={() => setOpen('toml')}
          >
            TOML
          </Button>
          {isChanged && (
            <Button size="xs" variant="subtle" onClick={() => setDraft(Object(document.content))}>
              {t('documents.discard')}
            </Button>
          )}
          <Button
            size="xs"
            disabled={!isChanged || errors.length > 0}
            leftSection={<IconDeviceFloppy size={14} aria-hidden />}
            onClick={() => setOpen('save')}
          >
            {t(mayChange ? 'documents.save' : 'documents.preview')}
          </Button>
        </Group>
      </div>
      {!mayChange && <p className="cf-document-note">{t('documents.mayNot')}</p>}
      {isOvertaken && (
        <p className="cf-document-note cf-overtaken" role="alert">
          {t('documents.overtaken')} {overtakenBy(newest, t)}{' '}
          <Button size="compact-xs" variant="default" onClick={() => take(newest)}>
            {t('documents.theirs')}
          </Button>
        </p>
      )}
      {first !== undefined && (
        <p className="cf-document-note cf-faults" role="alert">
          {t('documents.errors', { count: errors.length })}{' '}
          {t('documents.at', { field: first.field, text: first.text })}
        </p>
      )}
      {name === 'catalogue' ? (
        <Catalogue draft={draft} onChange={setDraft} />
      ) : (
        <Profile draft={draft} problems={problems} onChange={setDraft} />
      )}
      {open === 'save' && (
        <SaveDialog
          name={name}
          scope={scope}
          document={document}
          draft={draft}
          maySave={mayChange}
          onSaved={take}
          onClose={close}
        />
      )}
      {open === 'history' && (
        <History
          name={name}
          scope={scope}
          draft={draft}
          onPick={(content) => {
            setDraft(content)
            close()
          }}
          onClose={close}
        />
      )}
      {open === 'toml' && (
        <TomlDialog
          name={name}
          text={checked?.toml ?? ''}
          onRead={(content) => {
            setDraft(content)
            close()
          }}
          onClose={close}
        />
      )}
    </Problems.Provider>
  )
}

/**
 * What is edited, and the version that it changes. A newer one takes its place while nothing was
 * typed; afterwards it is only told of, so that nothing is lost under somebody's hands.
 */
function useDraft(newest: Document) {
  const [document, setDocument] = useState(newest)
  const [draft, setDraft] = useState<Table>(() => Object(newest.content))
  const take = useCallback((found: Document) => {
    setDocument(found)
    setDraft(Object(found.content))
  }, [])
  useEffect(() => {
    if (newest.version > document.version && draft === document.content) take(newest)
  }, [newest, document, draft, take])
  return { document, draft, setDraft, take }
}

interface PartProps {
  readonly draft: Table
  readonly onChange: (draft: Table) => void
}

function Catalogue({ draft, onChange }: PartProps) {
  const { t, language } = useWords()
  const [chosen, choose] = useState(0)
  const known = useKnown(true)
  return (
    <ListEditor
      field="services"
      label={t('documents.services')}
      items={tablesOf(draft, 'services')}
      chosen={chosen}
      onChoose={choose}
      onChange={(services) => onChange({ ...draft, services })}
      titleOf={(service) => textOf(service, language === 'en' ? 'en' : 'zh')}
      made={NEW_SERVICE}
    >
      {(bound) => <ServiceForm {...bound} known={known} />}
    </ListEditor>
  )
}

const PARTS = {
  devices: { made: NEW_DEVICE, Form: DeviceForm },
  manual: { made: NEW_ITEM, Form: ItemForm },
  platforms: { made: NEW_PLATFORM, Form: PlatformForm },
  sims: { made: NEW_SIM, Form: SimForm },
} as const
type Part = keyof typeof PARTS
const PART_NAMES = Object.keys(PARTS) as Part[]

function Profile({
  draft,
  problems,
  onChange,
}: PartProps & { problems: readonly Schemas['FieldProblem'][] }) {
  const { t } = useWords()
  const [part, setPart] = useState<Part | 'general'>('devices')
  const bad = (field: string) =>
    problems.some((one) => !one.is_warning && isWithin(field, one.field)) ? ' ⚠' : ''
  return (
    <Tabs
      value={part}
      onChange={(word) => setPart(PART_NAMES.find((one) => one === word) ?? 'general')}
      className="cf-profile"
      keepMounted={false}
    >
      <Tabs.List>
        {PART_NAMES.map((word) => (
          <Tabs.Tab key={word} value={word}>
            {t(`documents.parts.${word}`)} {tablesOf(draft, word).length}
            {bad(word)}
          </Tabs.Tab>
        ))}
        <Tabs.Tab value="general">
          {t('documents.parts.general')}
          {bad('link_test')}
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value={part} tabIndex={-1}>
        {part === 'general' ? (
          <GeneralForm table={draft} base="" onChange={onChange} />
        ) : (
          <PartEditor key={part} part={part} draft={draft} onChange={onChange} />
        )}
      </Tabs.Panel>
    </Tabs>
  )
}

function PartEditor({ part, draft, onChange }: PartProps & { part: Part }) {
  const { t, language } = useWords()
  const [chosen, choose] = useState(0)
  const { deviceKinds } = useOptions()
  const { made, Form } = PARTS[part]
  const titleOf = (item: Table) => {
    const kind = deviceKinds.find((one) => one.value === item.kind)?.label
    const said = textOf(item, language === 'en' ? 'en' : 'zh') || kind || textOf(item, 'iccid')
    return said || textOf(item, 'name')
  }
  return (
    <ListEditor
      field={part}
      label={t(`documents.parts.${part}`)}
      items={tablesOf(draft, part)}
      chosen={chosen}
      onChoose={choose}
      onChange={(items) => onChange({ ...draft, [part]: items })}
      titleOf={titleOf}
      made={made}
    >
      {(bound) => <Form {...bound} />}
    </ListEditor>
  )
}

/** What the server finds in the draft, once nobody types for a moment. */
function useCheck(name: Name, draft: Table): Schemas['DocumentCheck'] | undefined {
  const { language } = useWords()
  const [settled] = useDebouncedValue(draft, CHECK_AFTER_MILLISECONDS)
  return useQuery({
    queryKey: ['documents', 'check', name, settled, language],
    queryFn: () => check(name, { content: settled }),
    placeholderData: keepPreviousData,
  }).data
}

/** The table of permissions says the same, and the server has the last word. */
function useMayChange(scope: Scope): boolean {
  const { session } = useSession()
  const isAdmin = useMay('admin')
  const mayOperate = useMay('operator')
  if (scope.of === 'court' || scope.of === 'asset') return mayOperate
  return isAdmin && session.courts === null
}

/** The browser asks before it leaves a page with something unsaved. */
function useLeaving(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return undefined
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isChanged])
}
