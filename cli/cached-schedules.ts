import { errorMessage, type Schedule } from '../client/index.ts'

/** The schedules of an environment, beside its status. */
export type Upcoming =
  | { readonly kind: 'known'; readonly schedules: readonly Schedule[] }
  /** Temporal did not list them: no reason to keep the status from whoever needs it. */
  | { readonly kind: 'unknown'; readonly reason: string }

/** Asking takes some calls for each schedule, and whoever watches looks each two seconds. */
const askEveryMs = 60_000

/**
 * Gives the schedules of an environment as they were at most a minute ago.
 *
 * @param now milliseconds since the epoch
 */
export function upcomingOf(
  list: () => Promise<readonly Schedule[]>,
  now: () => number = Date.now,
): () => Promise<Upcoming> {
  let last: { readonly at: number; readonly upcoming: Upcoming } | undefined
  return async () => {
    if (last === undefined || now() - last.at >= askEveryMs) {
      last = { at: now(), upcoming: await ask(list) }
    }
    return last.upcoming
  }
}

async function ask(list: () => Promise<readonly Schedule[]>): Promise<Upcoming> {
  try {
    return { kind: 'known', schedules: await list() }
  } catch (error) {
    return { kind: 'unknown', reason: errorMessage(error) }
  }
}
