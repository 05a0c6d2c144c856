/** Removes a court's record; one with assets is refused before it is tried, and says what to do. */

import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from 'react-router'
import { $api, type Schemas, said } from '../api/client'
import { ConfirmByName, Dialogue } from '../app/parts'
import { useWords } from '../words'

interface Props {
  readonly court: Schemas['CourtOut']
  readonly onClose: () => void
}

export function RemoveCourt({ court, onClose }: Props) {
  const { t } = useWords()
  const questions = useQueryClient()
  const removing = $api.useMutation('delete', '/api/v1/courts/{court}', {
    onSuccess() {
      void questions.invalidateQueries()
      onClose()
    },
  })
  const title = t('courts.remove', { court: court.name })
  if (court.assets > 0) {
    return (
      <Dialogue onClose={onClose} title={title}>
        <Stack gap="md">
          <Text role="alert">{t('courts.hasAssets', { n: court.assets })}</Text>
          <Anchor component={Link} to={`/assets?court=${encodeURIComponent(court.name)}`} size="sm">
            {t('courts.showAssets', { court: court.name })}
          </Anchor>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('app.close')}
            </Button>
          </Group>
        </Stack>
      </Dialogue>
    )
  }
  return (
    <ConfirmByName
      isOpen
      title={title}
      name={court.name}
      action={t('courts.removeShort')}
      isBusy={removing.isPending}
      refusal={removing.error ? said(removing.error) : undefined}
      onConfirm={() => removing.mutate({ params: { path: { court: court.name } } })}
      onClose={onClose}
    >
      <Text size="sm">{t('courts.removes')}</Text>
    </ConfirmByName>
  )
}
