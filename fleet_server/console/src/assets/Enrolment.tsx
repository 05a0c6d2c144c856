/** How a machine becomes this asset: the line to run, its QR code, and the steps as they happen. */

import { Button, CopyButton, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy, IconRefresh } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { $api } from '../api/client'
import { useNow } from '../api/live'
import { EmptyState, ErrorState, Loading } from '../app/parts'
import { useMay } from '../app/session'
import { useWords } from '../words'
import { type Invitation, keepInvitation, useInvitation } from './invitation'
import { Progress } from './Progress'
import { Refusal } from './parts'
import classes from './screens.module.css'
import { type Enrolment, isSettled } from './steps'

const ASK_MILLISECONDS = 1000

export function EnrolmentPanel({ asset }: { asset: string }) {
  const { t, language } = useWords()
  const questions = useQueryClient()
  const mayInvite = useMay('operator')
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}/enrolment',
    // The refusal's sentence is in the language shown.
    { params: { path: { asset } }, headers: { 'accept-language': language } },
    {
      staleTime: 0,
      refetchInterval: ({ state }) =>
        state.data && isSettled(state.data) ? false : ASK_MILLISECONDS,
    },
  )
  const inviting = $api.useMutation('post', '/api/v1/assets/{asset}/invitations', {
    onSuccess(made) {
      keepInvitation(questions, made)
      void asked.refetch()
    },
  })
  const kept = useInvitation(asset)
  if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (asked.data === undefined) return <Loading />
  const enrolment = asked.data
  // Somebody may have made a newer string meanwhile: then this one is worthless.
  const invitation = kept?.expires_at === enrolment.expires_at ? kept : undefined
  const again = mayInvite && (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconRefresh size={14} aria-hidden />}
      loading={inviting.isPending}
      onClick={() => inviting.mutate({ params: { path: { asset } } })}
    >
      {t('assets.enrolment.again')}
    </Button>
  )
  return (
    <div className={classes.enrolment}>
      <Stack className={classes.panel} gap="sm">
        <How asset={asset} enrolment={enrolment} invitation={invitation} />
        <Group>{again}</Group>
        <Refusal error={inviting.error} />
      </Stack>
      <div className={classes.panel}>
        <Progress asset={asset} enrolment={enrolment} />
      </div>
    </div>
  )
}

interface HowProps {
  readonly asset: string
  readonly enrolment: Enrolment
  readonly invitation: Invitation | undefined
}

/** The line while it can be used, and why there is none when not. */
function How({ asset, enrolment, invitation }: HowProps) {
  const { t } = useWords()
  const isDone = enrolment.state === 'enrolled' || enrolment.state === 'reporting'
  if (enrolment.state === 'none') return <EmptyState title={t('assets.enrolment.not')} />
  if (isDone) return <Text>{t('assets.enrolment.usedUp')}</Text>
  if (enrolment.state === 'expired') return <Text>{t('assets.enrolment.ended')}</Text>
  if (invitation === undefined) {
    return (
      <>
        <Remaining until={enrolment.expires_at} />
        <Text c="dimmed">{t('assets.enrolment.hidden')}</Text>
      </>
    )
  }
  return (
    <>
      <Text fw={600}>{t('assets.enrolment.run')}</Text>
      <code className={classes.line} data-testid="enrolment-line">
        {invitation.command}
      </code>
      <Group justify="space-between">
        <CopyButton value={invitation.command}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              onClick={copy}
              leftSection={
                copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />
              }
            >
              {copied ? t('assets.enrolment.copied') : t('assets.enrolment.copy')}
            </Button>
          )}
        </CopyButton>
        <Remaining until={enrolment.expires_at} />
      </Group>
      <Text size="sm" c="dimmed">
        {t('assets.enrolment.scan')}
      </Text>
      <img
        className={classes.qr}
        alt={t('assets.enrolment.qr', { asset })}
        src={pictureOf(invitation.qr_svg)}
      />
    </>
  )
}

const NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'

/** An SVG element as an image's address; on its own it needs the namespace that a page implies. */
export function pictureOf(svg: string): string {
  const whole = svg.includes(NAMESPACE) ? svg : svg.replace('<svg', `<svg ${NAMESPACE}`)
  return `data:image/svg+xml;utf8,${encodeURIComponent(whole)}`
}

function Remaining({ until }: { until: string | null }) {
  const { t } = useWords()
  const now = useNow(1000)
  if (until === null) return null
  const seconds = Math.max(0, Math.floor((Date.parse(until) - now) / 1000))
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const time = `${two(seconds / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`
  return (
    <Text size="sm" className="cf-mono">
      {seconds > 0 ? t('assets.enrolment.valid', { time }) : t('assets.enrolment.ended')}
    </Text>
  )
}
