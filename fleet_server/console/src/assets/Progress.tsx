/** The steps of an enrolment as they happen, and what failed in words. */

import { Button, Group, Text } from '@mantine/core'
import {
  IconCircle,
  IconCircleCheckFilled,
  IconCircleXFilled,
  IconLoader2,
} from '@tabler/icons-react'
import { Link } from 'react-router'
import { instant } from '../app/format'
import { useWords } from '../words'
import classes from './screens.module.css'
import { type Enrolment, type Step, stepsOf } from './steps'

const ICONS = {
  done: IconCircleCheckFilled,
  waiting: IconLoader2,
  failed: IconCircleXFilled,
  ahead: IconCircle,
} as const

export function Progress({ asset, enrolment }: { asset: string; enrolment: Enrolment }) {
  const { t } = useWords()
  return (
    <>
      <h2 className={classes.heading}>{t('assets.enrolment.progress')}</h2>
      <ol className={classes.steps} aria-live="polite" data-state={enrolment.state}>
        {stepsOf(enrolment).map((step) => (
          <StepLine key={step.word} step={step} />
        ))}
      </ol>
      {enrolment.tries > 0 && (
        <Text size="sm" c="dimmed">
          {t('assets.enrolment.tries', { n: enrolment.tries })}
        </Text>
      )}
      {enrolment.refusal && (
        <Text role="alert" c="var(--cf-fault-text)" mt="xs" data-code={enrolment.refusal.code}>
          {t('assets.enrolment.failed', { detail: enrolment.refusal.detail })}
        </Text>
      )}
      {enrolment.state === 'reporting' ? (
        <Group mt="xs" gap="sm">
          <Text fw={600}>{t('assets.enrolment.live', { asset })}</Text>
          <Button size="xs" component={Link} to={`/assets/${asset}`}>
            {t('assets.enrolment.openAsset')}
          </Button>
        </Group>
      ) : (
        enrolment.enrolled_at === null && (
          <Text size="xs" c="dimmed" mt="sm">
            {t('assets.enrolment.foreign')}
          </Text>
        )
      )}
    </>
  )
}

function StepLine({ step }: { step: Step }) {
  const { t } = useWords()
  const Icon = ICONS[step.is]
  return (
    <li data-is={step.is} data-step={step.word}>
      <Icon size={20} aria-hidden className={step.is === 'waiting' ? classes.turning : undefined} />
      <div>
        <Text component="span" fw={step.is === 'ahead' ? 400 : 600}>
          {t(`assets.enrolment.steps.${step.word}`)}
        </Text>
        <span className="cf-unseen"> ({t(`assets.enrolment.is.${step.is}`)})</span>
        <Text size="xs" c="dimmed">
          {step.is === 'waiting'
            ? t(`assets.enrolment.hints.${step.word}`)
            : step.at && instant(step.at)}
        </Text>
      </div>
    </li>
  )
}
