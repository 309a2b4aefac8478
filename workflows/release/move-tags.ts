import type { MovedTags, Change } from './change.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { shortActivities } from '../temporal/activity-proxies.ts'
import { failureMessage } from '../temporal/failure.ts'
import type { Retry } from './retry-on-expired-credentials.ts'

/**
 * Points `<image>-latest` at the images to run. A rollback points it back: in `force` mode new
 * tasks pull this tag, and in `pin` mode nobody should find a bad image there.
 */
export async function moveTags(
  spec: EnvironmentSpec,
  changes: readonly Change[],
): Promise<MovedTags> {
  const images = changes.flatMap(({ service, revision }) =>
    Object.entries(revision.digests).flatMap(([container, digest]) => {
      const name = service.containers[container]
      return name === undefined ? [] : [{ name, digest }]
    }),
  )
  const before = await shortActivities('move latest tags').moveTags({ spec, images })
  return { restore: (retry) => restoreTags(spec, before, retry), pulled: spec.mode === 'force' }
}

async function restoreTags(
  spec: EnvironmentSpec,
  images: readonly { name: string; digest?: string }[],
  retry: Retry,
): Promise<readonly string[]> {
  try {
    await retry(() => shortActivities('restore latest tags').moveTags({ spec, images }))
    return []
  } catch (failure) {
    return [`could not point the moving tags back: ${failureMessage(failure)}`]
  }
}
