/** uPlot in a component; loaded only when the first chart is shown. */

import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import './chart.css'
import type { Columns, Scale } from './history'

export interface PlotProps {
  columns: Columns
  scale: Scale
  /** Drawn as a dashed line, in the shown unit. */
  threshold: number | undefined
  height: number
  /** The period asked for: the axis shows all of it, readings or not. Seconds since 1970. */
  since: number
  until: number
  /** Charts with the same key share their cursor. */
  group: string
  /** Changes when colours do. */
  theme: string
  /** The bucket under the pointer, or null. */
  onHover: (index: number | null) => void
}

const ZONE = 'Asia/Shanghai'
const HOURS = new Intl.DateTimeFormat('sv-SE', {
  timeZone: ZONE,
  hour: '2-digit',
  minute: '2-digit',
})

export default function Plot(props: PlotProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const latest = useRef(props)
  latest.current = props
  const { theme, height, group } = props

  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read anew for each theme
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const made = new uPlot(
      options(element, height, group, latest),
      dataOf(latest.current.columns),
      element,
    )
    plot.current = made
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    watcher.observe(element)
    return () => {
      watcher.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [theme, height, group])

  useEffect(() => {
    plot.current?.setData(dataOf(props.columns))
  }, [props.columns])

  return <div ref={box} style={{ height }} />
}

function dataOf(columns: Columns): uPlot.AlignedData {
  return [columns.at, columns.value, columns.lowest, columns.highest]
}

function options(
  element: HTMLElement,
  height: number,
  group: string,
  latest: { readonly current: PlotProps },
): uPlot.Options {
  const style = getComputedStyle(element)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const accent = colour('--cf-accent')
  const axis = {
    stroke: colour('--cf-quiet'),
    font: '11px Inter, "Noto Sans SC", sans-serif',
    grid: { stroke: colour('--cf-border'), width: 1 },
    ticks: { show: false },
  }
  return {
    width: element.clientWidth,
    height,
    padding: [8, 8, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), ZONE),
    legend: { show: false },
    cursor: {
      sync: { key: group },
      drag: { x: false, y: false },
      points: { size: 6 },
      y: false,
    },
    scales: {
      x: { range: () => [latest.current.since, latest.current.until] },
      y: { range: (_, low, high) => rangeWith(low, high, latest.current.threshold) },
    },
    axes: [
      {
        ...axis,
        space: 60,
        size: 22,
        values: (_, at) => at.map((one) => HOURS.format(one * 1000)),
      },
      { ...axis, space: 26, size: 46 },
    ],
    series: [
      {},
      {
        stroke: accent,
        width: 1.5,
        spanGaps: false,
        points: { show: true, size: 4, fill: accent, width: 0, filter: alone },
      },
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
    ],
    bands: [{ series: [3, 2], fill: `color-mix(in srgb, ${accent} 22%, transparent)` }],
    hooks: {
      draw: [(plot) => drawThreshold(plot, latest.current.threshold, colour('--cf-fault'))],
      setCursor: [(plot) => latest.current.onHover(plot.cursor.idx ?? null)],
    },
  }
}

/** A reading between two gaps is no line: it is drawn as a point. */
function alone(plot: uPlot, series: number): number[] {
  const values = plot.data[series] ?? []
  const found: number[] = []
  for (let at = 0; at < values.length; at += 1) {
    if (values[at] != null && values[at - 1] == null && values[at + 1] == null) found.push(at)
  }
  return found
}

/** The readings and the threshold, with some air. */
function rangeWith(
  low: number | null,
  high: number | null,
  threshold: number | undefined,
): [number, number] {
  const ends = [low, high, threshold].filter((one) => one !== null && one !== undefined)
  if (ends.length === 0) return [0, 1]
  const least = Math.min(...ends)
  const most = Math.max(...ends)
  const air = (most - least || Math.abs(most) || 1) * 0.1
  return [least >= 0 && least - air < 0 ? 0 : least - air, most + air]
}

function drawThreshold(plot: uPlot, threshold: number | undefined, colour: string): void {
  if (threshold === undefined) return
  const { ctx, bbox } = plot
  const y = Math.round(plot.valToPos(threshold, 'y', true))
  ctx.save()
  ctx.strokeStyle = colour
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio])
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.restore()
}
