import { Button, CopyButton, Group, Text, TextInput } from '@mantine/core'
import { $api, said } from '../../api/client'
import { useWords } from '../../words'
import { Dialogue } from '../parts'
import { wallLink } from './token'

const A_YEAR_DAYS = 366

/** Makes the address that a wall screen is opened with: a viewer's token, shown once. Closed, it is gone. */
export default function WallLink({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  const made = $api.useMutation('post', '/api/v1/tokens')
  const make = () =>
    made.mutate({ body: { label: t('wall.label'), role: 'viewer', days: A_YEAR_DAYS } })
  const link = made.data === undefined ? null : wallLink(made.data.token)
  return (
    <Dialogue onClose={onClose} title={t('wall.title')}>
      <Text>{t('wall.note')}</Text>
      {made.error !== null && (
        <p role="alert" className="cf-refusal">
          {said(made.error)}
        </p>
      )}
      {link !== null && (
        <TextInput
          mt="md"
          label={t('wall.link')}
          value={link}
          readOnly
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
      <Group justify="flex-end" mt="lg">
        {link === null ? (
          <Button onClick={make} loading={made.isPending}>
            {t('wall.create')}
          </Button>
        ) : (
          <CopyButton value={link}>
            {({ copied, copy }) => (
              <Button onClick={copy}>{copied ? t('app.copied') : t('app.copy')}</Button>
            )}
          </CopyButton>
        )}
      </Group>
    </Dialogue>
  )
}
