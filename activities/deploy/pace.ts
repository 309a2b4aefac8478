import type { ExpectedEnd } from '../../rollout/expected-end.ts'

/** Milliseconds between two polls of a service. The poller's rate limits may stretch them. */
export interface Pace {
  /** While the end is due; up to four times that while it is only near, or long overdue. */
  readonly nearEndMs: number
  /** At most, if nothing tells when the end will come; twice that if it is known to be far. */
  readonly farMs: number
}

export const defaultPace: Pace = { nearEndMs: 250, farMs: 5_000 }

export interface WatchProgress {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Since when the rollout has been watched. */
  readonly since: number
  /** Since when only ECS's confirmation is missing; undefined while more is missing. */
  readonly nearSince: number | undefined
  readonly end: ExpectedEnd | undefined
}

/**
 * How long to wait until the next poll, in milliseconds.
 *
 * While the end is due, polls come as often as allowed. Before that they are rare, each after half
 * of the remaining time, so that an end that comes a little early is noticed in half of that little.
 * An unexpected end, say of a rollout that somebody stopped, is noticed within a fifteenth of the
 * time that the rollout should take, and twice `farMs` at most. If nothing tells when the end will
 * come, it is noticed within a quarter of the rollout's age, and `farMs` at most.
 */
export function pauseUntilNextPoll(pace: Pace, progress: WatchProgress): number {
  const { now, end, nearSince } = progress
  const pause = end === undefined ? pauseByAge(pace, progress) : pauseByEnd(pace, progress, end)
  if (nearSince === undefined) return pause
  const { nearEndMs } = pace
  const longest = 4 * nearEndMs
  if (end !== undefined) return Math.min(pause, longest)
  return Math.min(pause, within(2 * nearEndMs, (now - nearSince) / 16, longest))
}

function pauseByAge({ nearEndMs, farMs }: Pace, { now, since }: WatchProgress): number {
  return within(2 * nearEndMs, (now - since) / 4, farMs)
}

function pauseByEnd({ nearEndMs, farMs }: Pace, { now, since }: WatchProgress, end: ExpectedEnd) {
  const { earliest, latest } = end
  if (now < earliest) {
    const most = within(nearEndMs, (earliest - since) / 15, 2 * farMs)
    return within(nearEndMs, (earliest - now) / 2, most)
  }
  // The wider the estimate, the rarer the polls, so that each rollout takes about as many.
  const due = within(nearEndMs, (latest - earliest) / 60, 4 * nearEndMs)
  return now <= latest ? due : within(due, (now - latest) / 8, farMs)
}

function within(least: number, value: number, most: number): number {
  return Math.min(Math.max(least, value), Math.max(least, most))
}

/** Whether polls come so quickly that they ask only for what shows the end. */
export function isClose({ nearEndMs }: Pace, pauseMs: number): boolean {
  return pauseMs < 4 * nearEndMs
}

/** The pause after so many misses in a row: doubles up to `farMs`, jittered. */
export function pauseAfterMiss({ nearEndMs, farMs }: Pace, misses: number): number {
  return Math.random() * Math.min(farMs, 2 * nearEndMs * 2 ** misses)
}
