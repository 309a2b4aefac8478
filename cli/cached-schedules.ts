import { errorMessage, type Schedule } from '../client/index.ts'

/** The schedules of an environment. */
export type ScheduleListing =
  | { readonly kind: 'listed'; readonly schedules: readonly Schedule[] }
  /** Temporal could not list them. The rest of the status is shown anyway. */
  | { readonly kind: 'unavailable'; readonly reason: string }

/** Listing takes some calls per schedule, and `status --watch` refreshes every two seconds. */
const listEveryMs = 60_000

/**
 * Lists the schedules of an environment, from a cache that is at most a minute old.
 *
 * @param now milliseconds since the epoch
 */
export function cachedSchedules(
  list: () => Promise<readonly Schedule[]>,
  now: () => number = Date.now,
): () => Promise<ScheduleListing> {
  let cache: { readonly at: number; readonly listing: ScheduleListing } | undefined
  return async () => {
    if (cache === undefined || now() - cache.at >= listEveryMs) {
      cache = { at: now(), listing: await listingOf(list) }
    }
    return cache.listing
  }
}

async function listingOf(list: () => Promise<readonly Schedule[]>): Promise<ScheduleListing> {
  try {
    return { kind: 'listed', schedules: await list() }
  } catch (error) {
    return { kind: 'unavailable', reason: errorMessage(error) }
  }
}
