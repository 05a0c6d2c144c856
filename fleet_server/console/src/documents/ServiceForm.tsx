/** What one service needs of the asset that is to hold it. */

import { ActionIcon, Button, SimpleGrid } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useWords } from '../words'
import { at, changed, type Table, tableOf, tablesOf } from './draft'
import { type Bound, ChoiceField, ChoicesField, FlagField, NumberField, TextField } from './inputs'
import type { Known } from './known'
import { useOptions } from './words'

export const NEW_SERVICE: Table = {
  name: '',
  zh: '',
  en: '',
  needs: [],
  platforms: [],
  manual: [],
  link: 'none',
  link_at_least: null,
  power_minutes: 0,
  seats: {},
  fresh_seconds: 900,
  proven_days: 7,
}
const NEW_NEED: Table = { kinds: [], count: 1, is_optional: false }

export function ServiceForm({ known, ...bound }: Bound & { known: Known }) {
  const { t } = useWords()
  const options = useOptions()
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        <TextField {...bound} field="zh" />
        <TextField {...bound} field="en" />
        <TextField {...bound} field="name" />
      </SimpleGrid>
      <Needs {...bound} />
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <ChoicesField {...bound} field="platforms" options={known.platforms} />
        <ChoicesField {...bound} field="manual" options={known.items} />
        <ChoiceField {...bound} field="link" options={options.linkClasses} />
        <ChoiceField
          {...bound}
          field="link_at_least"
          options={options.linkClasses}
          nothing={t('documents.notBelow')}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        <NumberField {...bound} field="power_minutes" />
        <NumberField {...bound} field="fresh_seconds" />
        <NumberField {...bound} field="proven_days" />
      </SimpleGrid>
      <Seats {...bound} />
    </>
  )
}

function Needs({ table, base, onChange }: Bound) {
  const { t } = useWords()
  const { deviceKinds } = useOptions()
  const needs = tablesOf(table, 'needs')
  const put = (list: readonly Table[]) => onChange({ ...table, needs: list })
  return (
    <fieldset className="cf-group">
      <legend>{t('documents.needs')}</legend>
      {needs.map((need, place) => {
        const bound = {
          table: need,
          base: at(at(base, 'needs'), place),
          onChange: (next: Table) => put(changed(needs, place, next)),
        }
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: its place is all that a need is known by
          <div key={place} className="cf-need">
            <NumberField {...bound} field="count" />
            <ChoicesField {...bound} field="kinds" options={deviceKinds} />
            <FlagField {...bound} field="is_optional" />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('documents.removeNeed', { n: place + 1 })}
              onClick={() => put(needs.filter((_, here) => here !== place))}
            >
              <IconTrash size={15} aria-hidden />
            </ActionIcon>
          </div>
        )
      })}
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => put([...needs, NEW_NEED])}
      >
        {t('documents.addNeed')}
      </Button>
    </fieldset>
  )
}

/** How many of each; an empty field asks for nobody. */
function Seats({ table, base, onChange }: Bound) {
  const { t } = useWords()
  const seats = tableOf(table, 'seats')
  const put = (next: Table) => {
    const asked = Object.entries(next).filter(([, count]) => count !== '' && count !== 0)
    onChange({ ...table, seats: Object.fromEntries(asked) })
  }
  return (
    <fieldset className="cf-group">
      <legend>{t('documents.seatsTitle')}</legend>
      <SimpleGrid cols={{ base: 2, sm: 5 }} spacing="sm">
        {(['judge', 'clerk', 'bailiff', 'driver', 'mediator'] as const).map((seat) => (
          <NumberField
            key={seat}
            table={seats}
            base={at(base, 'seats')}
            field={seat}
            onChange={put}
          />
        ))}
      </SimpleGrid>
    </fieldset>
  )
}
