/** The link by which a station without an agent checks itself: made, shown once, withdrawn. */

import { Button, CopyButton, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { $api } from '../api/client'
import { instant } from '../app/format'
import { Dialogue } from '../app/parts'
import { useWords } from '../words'
import { pictureOf } from './Enrolment'
import { Refusal } from './parts'
import classes from './screens.module.css'

interface Props {
  readonly asset: string
  readonly onClose: () => void
}

export function StationKeyDialog({ asset, onClose }: Props) {
  const { t } = useWords()
  const params = { path: { asset } }
  const asked = $api.useQuery('get', '/api/v1/assets/{asset}/station-key', { params })
  const again = { onSuccess: () => void asked.refetch() }
  const making = $api.useMutation('post', '/api/v1/assets/{asset}/station-key', again)
  const ending = $api.useMutation('delete', '/api/v1/assets/{asset}/station-key', {
    onSuccess() {
      making.reset()
      void asked.refetch()
    },
  })
  const key = asked.data?.key
  return (
    <Dialogue title={t('assets.key.title', { asset })} onClose={onClose}>
      <Stack gap="sm">
        <Text size="sm">{t('assets.key.explains')}</Text>
        {key != null && (
          <Text size="sm" c="dimmed">
            {t('assets.key.present', { who: key.who, until: instant(key.expires_at) })}{' '}
            {key.used_at === null
              ? t('assets.key.unused')
              : t('assets.key.used', { at: instant(key.used_at) })}
          </Text>
        )}
        {making.data && <Made link={making.data.link} picture={making.data.qr_svg} />}
        <Refusal error={making.error ?? ending.error} />
        <Group>
          <Button
            size="xs"
            loading={making.isPending}
            onClick={() => making.mutate({ params, body: { address: location.origin } })}
          >
            {key == null ? t('assets.key.make') : t('assets.key.replace')}
          </Button>
          {key != null && (
            <Button
              size="xs"
              variant="default"
              loading={ending.isPending}
              onClick={() => ending.mutate({ params })}
            >
              {t('assets.key.withdraw')}
            </Button>
          )}
        </Group>
      </Stack>
    </Dialogue>
  )
}

function Made({ link, picture }: { link: string; picture: string }) {
  const { t } = useWords()
  return (
    <>
      <Text fw={600}>{t('assets.key.once')}</Text>
      <code className={classes.line} data-testid="station-link">
        {link}
      </code>
      <CopyButton value={link}>
        {({ copied, copy }) => (
          <Button
            size="xs"
            variant="default"
            onClick={copy}
            leftSection={
              copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />
            }
          >
            {copied ? t('assets.enrolment.copied') : t('assets.enrolment.copy')}
          </Button>
        )}
      </CopyButton>
      <img className={classes.qr} alt={t('assets.key.qr')} src={pictureOf(picture)} />
    </>
  )
}
