import { Button, Group, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useWords } from '../../words'
import { Dialogue } from './Dialogue'
import { Form } from './Form'

interface Props {
  readonly isOpen: boolean
  readonly title: string
  /** What must be typed: the id of what is about to change. */
  readonly name: string
  /** The word on the button, such as "Retire". */
  readonly action: string
  readonly isBusy?: boolean
  /** The server's sentence when it refused. */
  readonly refusal?: string
  readonly onConfirm: () => void
  readonly onClose: () => void
  /** What will happen, and further fields such as the reason. */
  readonly children?: ReactNode
}

/** A destructive action asks for the name; the server checks it again. */
export function ConfirmByName(props: Props) {
  return (
    <Dialogue isOpen={props.isOpen} onClose={props.onClose} title={props.title}>
      {/* Mounted with the dialogue, so what was typed last time is gone. */}
      {props.isOpen && <Question {...props} />}
    </Dialogue>
  )
}

function Question({ name, action, isBusy, refusal, onConfirm, onClose, children }: Props) {
  const { t } = useWords()
  const [typed, setTyped] = useState('')
  const isRight = typed.trim() === name
  return (
    <Form onSubmit={() => isRight && onConfirm()}>
      {children}
      <TextInput
        mt="md"
        label={t('app.confirmType', { name })}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        error={typed !== '' && !name.startsWith(typed.trim()) && t('app.confirmWrong', { name })}
        autoComplete="off"
        data-autofocus
      />
      {refusal !== undefined && (
        <Text role="alert" c="var(--cf-fault-text)" mt="sm">
          {refusal}
        </Text>
      )}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('app.cancel')}
        </Button>
        <Button type="submit" color="red.8" disabled={!isRight} loading={isBusy}>
          {action}
        </Button>
      </Group>
    </Form>
  )
}
