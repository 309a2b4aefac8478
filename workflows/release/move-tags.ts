import type { MovedTags, Change } from './change.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { shortActivities } from '../temporal/activity-proxies.ts'
import { failureMessage } from '../temporal/failure.ts'
import type { Retry } from './retry-on-expired-credentials.ts'

/**
 * Points `<image>-latest` at what is about to run. The way back is kept, since in `force` mode
 * the moving tag is what a new task pulls, and in `pin` mode nobody should find a bad image there.
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
  return { moveBack: (doing) => moveBack(spec, before, doing), pulled: spec.mode === 'force' }
}

async function moveBack(
  spec: EnvironmentSpec,
  images: readonly { name: string; digest?: string }[],
  doing: Retry,
): Promise<readonly string[]> {
  try {
    await doing(() => shortActivities('move latest tags back').moveTags({ spec, images }))
    return []
  } catch (failure) {
    return [`the moving tags could not be pointed back: ${failureMessage(failure)}`]
  }
}
