/** Milliseconds between two looks at a service. The poller's budget may stretch them. */
export interface Pace {
  /** While an end is near; up to twice that when it has been near for long. */
  readonly nearEndMs: number
  /** At most. */
  readonly farMs: number
}

export const defaultPace: Pace = { nearEndMs: 500, farMs: 5_000 }

/**
 * How long to wait until the next look, in milliseconds: the longer it has taken, the longer it
 * may still take, so a rollout of seconds is looked at as often as the end of one of minutes.
 *
 * @param ageMs how long the rollout has been watched
 * @param nearForMs how long its end has been near; undefined while it is not
 */
export function pauseUntilNextLook(
  pace: Pace,
  { ageMs, nearForMs }: { readonly ageMs: number; readonly nearForMs: number | undefined },
): number {
  const { nearEndMs, farMs } = pace
  return nearForMs === undefined
    ? Math.min(farMs, Math.max(nearEndMs, ageMs / 4))
    : Math.min(2 * nearEndMs, Math.max(nearEndMs, nearForMs / 16))
}

/** After so many misses in a row: doubles up to the slow pace, jittered. */
export function pauseAfterMiss({ nearEndMs, farMs }: Pace, misses: number): number {
  return Math.random() * Math.min(farMs, nearEndMs * 2 ** misses)
}
