import type { ExpectedEnd } from '../../rollout/expected-end.ts'

/** Milliseconds between two looks at a service. The poller's budget may stretch them. */
export interface Pace {
  /** While the end is due; up to four times that while it is only near, or due for long. */
  readonly nearEndMs: number
  /** At most, where nothing tells when the end will be; twice that where it is known to be far. */
  readonly farMs: number
}

export const defaultPace: Pace = { nearEndMs: 250, farMs: 5_000 }

export interface Progress {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Since when the rollout has been watched. */
  readonly since: number
  /** All that is missing is ECS saying so, since then; undefined while more is missing. */
  readonly nearSince: number | undefined
  readonly end: ExpectedEnd | undefined
}

/**
 * How long to wait until the next look, in milliseconds.
 *
 * While the end is due, looks come as often as they may. Before that they are rare, each at half of
 * the way that is left: so one that comes a little too early is known in half of that little. An
 * end that nobody expected, of a rollout that somebody stopped, say, is known within a fifteenth of
 * the time that the rollout should take, and twice `farMs` at most. Where nothing tells when the
 * end will be, it is known within a quarter of the rollout's age, and `farMs` at most.
 */
export function pauseUntilNextPoll(pace: Pace, progress: Progress): number {
  const { now, end, nearSince } = progress
  const pause = end === undefined ? lookingOut(pace, progress) : lookingAhead(pace, progress, end)
  if (nearSince === undefined) return pause
  const { nearEndMs } = pace
  const longest = 4 * nearEndMs
  if (end !== undefined) return Math.min(pause, longest)
  return Math.min(pause, within(2 * nearEndMs, (now - nearSince) / 16, longest))
}

function lookingOut({ nearEndMs, farMs }: Pace, { now, since }: Progress): number {
  return within(2 * nearEndMs, (now - since) / 4, farMs)
}

function lookingAhead({ nearEndMs, farMs }: Pace, { now, since }: Progress, end: ExpectedEnd) {
  const { earliest, latest } = end
  if (now < earliest) {
    const most = within(nearEndMs, (earliest - since) / 15, 2 * farMs)
    return within(nearEndMs, (earliest - now) / 2, most)
  }
  // Who knows less closely looks less often: it takes as many looks.
  const due = within(nearEndMs, (latest - earliest) / 60, 4 * nearEndMs)
  return now <= latest ? due : within(due, (now - latest) / 8, farMs)
}

function within(least: number, value: number, most: number): number {
  return Math.min(Math.max(least, value), Math.max(least, most))
}

/** Looks that come so quickly ask only for what tells of the end, the others for what happens. */
export function isClose({ nearEndMs }: Pace, pauseMs: number): boolean {
  return pauseMs < 4 * nearEndMs
}

/** After so many misses in a row: doubles up to the slow pace, jittered. */
export function pauseAfterMiss({ nearEndMs, farMs }: Pace, misses: number): number {
  return Math.random() * Math.min(farMs, 2 * nearEndMs * 2 ** misses)
}
