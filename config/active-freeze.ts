import type { FreezeWindow } from '../contract/environment-spec.ts'

/** The first freeze window that is active at `now` (milliseconds since the epoch), if any. */
export function activeFreeze(
  windows: readonly FreezeWindow[],
  now: number,
): FreezeWindow | undefined {
  return windows.find((window) => isActive(window, localTime(now, window.timeZone)))
}

/** A window as its owner wrote it: `fri 16:00–24:00 Europe/Berlin`. */
export function freezeText(window: FreezeWindow): string {
  const why = window.reason === undefined ? '' : ` (${window.reason})`
  if (window.kind === 'dates') return `${window.from} to ${window.to} ${window.timeZone}${why}`
  const days = window.days.map((day) => dayNames[day]).join(', ')
  return `${days} ${clock(window.from)}–${clock(window.to)} ${window.timeZone}${why}`
}

interface LocalTime {
  readonly date: string
  readonly day: number
  /** Minutes since midnight. */
  readonly minute: number
}

function isActive(window: FreezeWindow, { date, day, minute }: LocalTime): boolean {
  if (window.kind === 'dates') return window.from <= date && date <= window.to
  const { days, from, to } = window
  if (from < to) return days.includes(day) && from <= minute && minute < to
  const yesterday = (day + 6) % 7
  return (days.includes(day) && minute >= from) || (days.includes(yesterday) && minute < to)
}

function localTime(now: number, timeZone: string): LocalTime {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(now)
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((one) => one.type === type)?.value ?? ''
  const date = `${part('year')}-${part('month')}-${part('day')}`
  return {
    date,
    day: new Date(`${date}T00:00:00Z`).getUTCDay(),
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  }
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

function clock(minute: number): string {
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
