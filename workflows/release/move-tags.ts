import type { MovedTags, Change } from './change.ts'
import type { Target } from '../../contract/environment-spec.ts'
import { quickly } from '../temporal/activity-proxies.ts'
import { messageOf } from '../temporal/failure.ts'
import type { Doing } from './retry-on-lapsed-credentials.ts'

/**
 * Points `<image>-latest` at what is about to run. The way back is kept, since in `force` mode
 * the moving tag is what a new task pulls, and in `pin` mode nobody should find a bad image there.
 */
export async function moveTags(target: Target, changes: readonly Change[]): Promise<MovedTags> {
  const images = changes.flatMap(({ service, revision }) =>
    Object.entries(revision.digests).flatMap(([container, digest]) => {
      const name = service.containers[container]
      return name === undefined ? [] : [{ name, digest }]
    }),
  )
  const before = await quickly('move latest tags').moveTags({ target, images })
  return { moveBack: (doing) => moveBack(target, before, doing), pulled: target.mode === 'force' }
}

async function moveBack(
  target: Target,
  images: readonly { name: string; digest?: string }[],
  doing: Doing,
): Promise<readonly string[]> {
  try {
    await doing(() => quickly('move latest tags back').moveTags({ target, images }))
    return []
  } catch (failure) {
    return [`the moving tags could not be pointed back: ${messageOf(failure)}`]
  }
}
