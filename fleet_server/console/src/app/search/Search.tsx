import { Modal } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useWords } from '../../words'
import { isComposing } from '../parts'
import { type Finding, useFindings } from './findings'
import './search.css'

/** Everything by name: Ctrl K, type, Enter. Loaded when it is first opened. */
export default function Search({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      centered={false}
      padding={0}
      yOffset="12vh"
      size={560}
      attributes={{ content: { 'aria-label': t('app.search') } }}
    >
      <Asking onClose={onClose} />
    </Modal>
  )
}

function Asking({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  const navigate = useNavigate()
  const list = useId()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const { groups, isSpelling } = useFindings(text, true)
  const flat = groups.flatMap(({ findings }) => findings)
  const open = (finding: Finding | undefined) => {
    if (finding === undefined) return
    onClose()
    void navigate(finding.to)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && flat.length > 0) {
      event.preventDefault()
      setChosen((chosen + step + flat.length) % flat.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      open(flat[chosen])
    }
  }
  return (
    <div className="cf-search">
      <div className="cf-search-line">
        <IconSearch size={17} aria-hidden />
        <input
          type="text"
          role="combobox"
          aria-expanded={flat.length > 0}
          aria-controls={list}
          aria-activedescendant={flat.length > 0 ? `${list}-${chosen}` : undefined}
          aria-label={t('app.search')}
          placeholder={t('app.searchHint')}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setChosen(0)
          }}
          onKeyDown={onKeyDown}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
      </div>
      <div className="cf-search-list" role="listbox" id={list} aria-label={t('app.search')}>
        {groups.map(({ titleKey, findings }) => (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields
          <div key={titleKey} role="group" aria-label={t(titleKey)}>
            <div className="cf-search-group" aria-hidden="true">
              {t(titleKey)}
            </div>
            {findings.map((finding) => (
              <Line
                key={finding.key}
                id={`${list}-${flat.indexOf(finding)}`}
                finding={finding}
                isChosen={flat[chosen] === finding}
                onOpen={() => open(finding)}
              />
            ))}
          </div>
        ))}
      </div>
      {text.trim() !== '' && flat.length === 0 && (
        <p className="cf-search-nothing" role="status">
          {isSpelling ? t('app.searchLoading') : t('app.searchNothing', { text: text.trim() })}
        </p>
      )}
      <p className="cf-search-keys">{t('app.searchKeys')}</p>
    </div>
  )
}

interface LineProps {
  readonly id: string
  readonly finding: Finding
  readonly isChosen: boolean
  readonly onOpen: () => void
}

function Line({ id, finding, isChosen, onOpen }: LineProps) {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isChosen) element.current?.scrollIntoView({ block: 'nearest' })
  }, [isChosen])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled where the focus is, in the field
    // biome-ignore lint/a11y/useFocusableInteractive: as above
    <div
      ref={element}
      id={id}
      role="option"
      aria-selected={isChosen}
      className="cf-search-option"
      onClick={onOpen}
    >
      <span>{finding.title}</span>
      <span className="cf-search-note">{finding.note}</span>
    </div>
  )
}
