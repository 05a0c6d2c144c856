/** One layer as text, what can be said in it, and its versions. */
import { Button, Group, Table, Textarea } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useState } from 'react'
import { instant } from '../app/format'
import { Dialogue } from '../app/parts'
import { useMay } from '../app/session'
import { useWords } from '../words'
import type { Layer, Option } from './configuration'
import { ReviewDialog, type Wish } from './ReviewDialog'
import { useScopeName } from './scopes'

interface Props {
  readonly layer: Layer
  readonly options: readonly Option[]
  readonly onSaved: () => void
}

export function LayerEditor({ layer, options, onSaved }: Props) {
  const { t } = useWords()
  const nameOf = useScopeName()
  const mayOperate = useMay('operator')
  const [text, setText] = useState(layer.text)
  const [wish, setWish] = useState<Wish | null>(null)
  const [isPast, setPast] = useState(false)
  const isChanged = text !== layer.text
  return (
    <section className="cf-layer-editor" aria-label={t('configuration.layer')}>
      <Group justify="space-between" gap="xs">
        <div>
          <h2>{nameOf(layer.scope)}</h2>
          <span className="cf-quiet">
            {layer.version === 0
              ? t('configuration.unwritten')
              : `${t('configuration.version', { version: layer.version })} · ${t(
                  'configuration.changedBy',
                  { who: layer.who, at: instant(layer.made_at ?? '') },
                )}`}
            {layer.comment && ` · ${layer.comment}`}
          </span>
        </div>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            disabled={layer.versions.length === 0}
            leftSection={<IconHistory size={14} aria-hidden />}
            onClick={() => setPast(true)}
          >
            {t('configuration.versions')}
          </Button>
          {isChanged && (
            <Button size="xs" variant="default" onClick={() => setText(layer.text)}>
              {t('configuration.revert')}
            </Button>
          )}
          {mayOperate && (
            <Button size="xs" disabled={!isChanged} onClick={() => setWish({ text })}>
              {t('configuration.review')}
            </Button>
          )}
        </Group>
      </Group>
      <Textarea
        label={t('configuration.text')}
        description={t('configuration.textHint')}
        autosize
        minRows={14}
        maxRows={26}
        readOnly={!mayOperate}
        spellCheck={false}
        classNames={{ input: 'cf-mono' }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Options options={options} isOpen={layer.text === ''} />
      {wish !== null && (
        <ReviewDialog
          layer={layer}
          wish={wish}
          onClose={() => setWish(null)}
          onSaved={() => {
            setWish(null)
            onSaved()
          }}
        />
      )}
      {isPast && (
        <Versions
          layer={layer}
          onPick={(version) => {
            setPast(false)
            setWish({ restores: version })
          }}
          onClose={() => setPast(false)}
        />
      )}
    </section>
  )
}

function Options({ options, isOpen }: { options: readonly Option[]; isOpen: boolean }) {
  const { t } = useWords()
  return (
    <details className="cf-options" open={isOpen}>
      <summary>{t('configuration.options')}</summary>
      <dl>
        {options.map((one) => (
          <div key={one.name}>
            <dt className="cf-mono">
              {one.name} <small>{one.type}</small>
            </dt>
            <dd>
              {one.description}
              {one.choices.length > 0 &&
                ` (${t('configuration.choices', { list: one.choices.join(', ') })})`}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

interface VersionsProps {
  readonly layer: Layer
  readonly onPick: (version: number) => void
  readonly onClose: () => void
}

function Versions({ layer, onPick, onClose }: VersionsProps) {
  const { t } = useWords()
  const mayOperate = useMay('operator')
  return (
    <Dialogue title={t('configuration.versions')} size="xl" onClose={onClose}>
      <Table verticalSpacing="xs" aria-label={t('configuration.versions')}>
        <Table.Tbody>
          {layer.versions.map((one) => (
            <Table.Tr key={one.version} data-version={one.version}>
              <Table.Td>
                <b>{t('configuration.version', { version: one.version })}</b>
                <div className="cf-quiet">{instant(one.made_at ?? '')}</div>
                <div>{one.who}</div>
                {one.comment && <div>{one.comment}</div>}
              </Table.Td>
              <Table.Td>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
                <pre className="cf-layer-text" tabIndex={0}>
                  {one.text.trimEnd()}
                </pre>
              </Table.Td>
              <Table.Td>
                {one.version === layer.version ? (
                  <span className="cf-quiet">{t('configuration.present')}</span>
                ) : (
                  mayOperate && (
                    <Button size="compact-xs" variant="default" onClick={() => onPick(one.version)}>
                      {t('configuration.putBack')}
                    </Button>
                  )
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Dialogue>
  )
}
