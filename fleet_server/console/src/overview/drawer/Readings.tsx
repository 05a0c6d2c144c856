/** The last readings: link, position, computer; each with its unit, all with one age. */

import type { ReactNode } from 'react'
import type { Schemas } from '../../api/client'
import { age, bitsPerSecond, number, position } from '../../app/format'
import { useWords } from '../../words'

type Live = Schemas['Live']
type Values = Live['metrics']

const MOVING_MPS = 1.5

export function Readings({ live, now }: { live: Live; now: number }) {
  const { t } = useWords()
  if (live.measured_at === null) {
    return <p className="cf-part cf-hint">{t('overview.drawer.nothing')}</p>
  }
  const measured = t('overview.drawer.age', { age: age(now - Date.parse(live.measured_at)) })
  return (
    <>
      <Part title={t('overview.drawer.link')} note={measured}>
        <Link values={live.metrics} linkClass={live.link_class} />
      </Part>
      <Part
        title={t('overview.drawer.position')}
        note={`${t('overview.drawer.wgs84')} · ${measured}`}
      >
        <Position values={live.metrics} />
      </Part>
      <Part title={t('overview.drawer.computer')} note={measured}>
        <Computer values={live.metrics} version={live.agent_version} />
      </Part>
    </>
  )
}

export function Part(props: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className="cf-part" aria-label={props.title}>
      <h3>
        {props.title}
        {props.note !== undefined && <span className="cf-part-note">{props.note}</span>}
      </h3>
      {props.children}
    </section>
  )
}

/** One reading; left out when the asset has none, because not every asset can measure it. */
function Fact({ label, value, name }: { label: string; value: string | null; name?: string }) {
  if (value === null) return null
  return (
    <div className="cf-fact" data-metric={name}>
      <dt>{label}</dt>
      <dd className="cf-mono">{value}</dd>
    </div>
  )
}

function Link({ values, linkClass }: { values: Values; linkClass: string }) {
  const { t } = useWords()
  return (
    <dl className="cf-facts">
      <Fact
        label={t('overview.drawer.linkClass')}
        value={linkClass.startsWith('none') ? null : linkClass || null}
      />
      <Fact label={t('overview.drawer.mode')} value={textOf(values.network_mode)} />
      <Fact label={t('overview.drawer.operator')} value={textOf(values.operator)} />
      <Fact
        name="rsrp_dbm"
        label={t('overview.drawer.rsrp')}
        value={say(values.rsrp_dbm, 'dBm', 0)}
      />
      <Fact name="snr_db" label={t('overview.drawer.sinr')} value={say(values.snr_db, 'dB', 1)} />
      <Fact name="rsrq_db" label={t('overview.drawer.rsrq')} value={say(values.rsrq_db, 'dB', 1)} />
      <Fact
        name="tcp_rtt_seconds"
        label={t('overview.drawer.rtt')}
        value={say(values.tcp_rtt_seconds, 'ms', 0, 1000)}
      />
      <Fact
        label={t('overview.drawer.retransmits')}
        value={say(values.tcp_retransmits, t('overview.drawer.segments'), 0)}
      />
      <Fact label={t('overview.drawer.uplink')} value={rate(values.uplink_bits_per_second)} />
      <Fact label={t('overview.drawer.downlink')} value={rate(values.downlink_bits_per_second)} />
      <Fact label={t('overview.drawer.cell')} value={textOf(values.cell)} />
    </dl>
  )
}

function Position({ values }: { values: Values }) {
  const { t } = useWords()
  const speed = numberOf(values.speed_metres_per_second)
  const isMoving = speed !== null && speed >= MOVING_MPS
  return (
    <dl className="cf-facts">
      <div className="cf-fact cf-fact-wide" data-metric="position">
        <dt>{t('overview.drawer.wgs84')}</dt>
        <dd className="cf-mono">
          {position(numberOf(values.longitude_degrees), numberOf(values.latitude_degrees))}
        </dd>
      </div>
      <Fact
        name="speed"
        label={t('overview.drawer.speed')}
        value={
          speed === null
            ? null
            : isMoving
              ? number(speed * 3.6, 'km/h', 0)
              : t('overview.drawer.parked')
        }
      />
      <Fact
        label={t('overview.drawer.heading')}
        value={isMoving ? say(values.heading_degrees, '°', 0) : null}
      />
      <Fact label={t('overview.drawer.satellites')} value={say(values.satellites_used, '', 0)} />
      <Fact label={t('overview.drawer.error')} value={say(values.position_error_metres, 'm', 0)} />
      <Fact label={t('overview.drawer.altitude')} value={say(values.altitude_metres, 'm', 0)} />
    </dl>
  )
}

/** From how much a share is a reason to look; the charts' thresholds are the same. */
const FULL = { cpu: 90, memory: 90, disk: 90 }

function Computer({ values, version }: { values: Values; version: string }) {
  const { t } = useWords()
  const free = numberOf(values.disk_free_bytes)
  const mains = values.mains_power
  return (
    <>
      <Share
        name="cpu_used_percent"
        label={t('overview.drawer.cpu')}
        value={numberOf(values.cpu_used_percent)}
        full={FULL.cpu}
      />
      <Share
        name="memory_used_percent"
        label={t('overview.drawer.memory')}
        value={numberOf(values.memory_used_percent)}
        full={FULL.memory}
      />
      <Share
        name="disk_used_percent"
        label={t('overview.drawer.disk')}
        value={numberOf(values.disk_used_percent)}
        full={FULL.disk}
        note={
          free === null
            ? undefined
            : t('overview.drawer.diskFree', { free: number(free / 2 ** 30, 'GiB', 1) })
        }
      />
      <dl className="cf-facts">
        <Fact
          name="cpu_celsius"
          label={t('overview.drawer.temperature')}
          value={say(values.cpu_celsius, '°C', 0)}
        />
        <Fact label={t('overview.drawer.load')} value={say(values.load_1min, '', 2)} />
        <Fact label={t('overview.drawer.battery')} value={say(values.battery_percent, '%', 0)} />
        <Fact
          label={t('overview.drawer.power')}
          value={
            typeof mains === 'boolean'
              ? t(mains ? 'overview.drawer.mains' : 'overview.drawer.onBattery')
              : null
          }
        />
        <Fact label={t('overview.drawer.agent')} value={version === '' ? null : version} />
      </dl>
    </>
  )
}

interface ShareProps {
  name: string
  label: string
  value: number | null
  full: number
  note?: string | undefined
}

function Share({ name, label, value, full, note }: ShareProps) {
  if (value === null) return null
  return (
    <div className="cf-share" data-metric={name}>
      <span>{label}</span>
      <meter min={0} max={100} high={full} value={value} aria-label={label} />
      <b className="cf-mono">{number(value, '%', 0)}</b>
      <span className="cf-part-note">{note}</span>
    </div>
  )
}

type Value = Values[string] | undefined

function numberOf(value: Value): number | null {
  return typeof value === 'number' ? value : null
}

function textOf(value: Value): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function say(value: Value, unit: string, digits: number, factor = 1): string | null {
  const known = numberOf(value)
  return known === null ? null : number(known * factor, unit, digits)
}

function rate(value: Value): string | null {
  const known = numberOf(value)
  return known === null ? null : bitsPerSecond(known)
}
