import { activityInfo } from '@temporalio/activity'
import type { EnvironmentSpec, ImageSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { isTransient } from '../aws/errors.ts'
import { knownFailure } from '../aws/known-failure.ts'
import { failure } from '../temporal/failures.ts'
import { withHeartbeat } from '../temporal/heartbeat.ts'
import { digestOf } from './ecr.ts'
import { imageNamed, movingTag } from './naming.ts'
import { pointTag, type ImageTagMove } from './point-tag.ts'

interface TagMove {
  readonly name: string
  /** Absent: removes the tag, as it was before the first release. */
  readonly digest?: string
}

/**
 * Points `<image>-latest` of each image at its digest. Returns what each tag pointed at before,
 * which is the input that undoes the move. If one tag cannot be moved, points those that were
 * already moved back.
 *
 * Fails as `PreconditionFailed` in `force` mode if a tag cannot be moved; see {@link pointTag}.
 */
export async function moveTags(
  clients: AwsClients,
  { spec, images }: { spec: EnvironmentSpec; images: readonly TagMove[] },
): Promise<readonly TagMove[]> {
  const moves = images.map(({ name, digest }) => ({ image: imageNamed(spec, name), digest }))
  const now = await Promise.all(moves.map(({ image }) => currentTag(clients, image)))
  // A previous attempt may have moved some: what the first attempt saw is what was before.
  const before: readonly TagMove[] = activityInfo().heartbeatDetails ?? now
  await withHeartbeat(async (report) => {
    report(before)
    const undo: ImageTagMove[] = []
    try {
      for (const [index, move] of moves.entries()) {
        if (move.digest === now[index]?.digest) continue
        undo.push({ image: move.image, digest: before[index]?.digest })
        await pointTag(clients, move, spec.mode)
      }
    } catch (error) {
      // A transient error is retried. After any other, all tags must point where they did before.
      if (!isTransient(error)) await pointBack(clients, undo.slice(0, -1), spec.mode)
      throw error
    }
  })
  return before
}

async function pointBack(
  clients: AwsClients,
  moved: readonly ImageTagMove[],
  mode: EnvironmentSpec['mode'],
): Promise<void> {
  for (const move of moved) {
    await pointTag(clients, move, mode).catch((error: unknown) => {
      const cause = knownFailure(error)?.message ?? String(error)
      const tag = `Tag ${movingTag(move.image.name)} in ECR repository "${move.image.repository}"`
      const previous = move.digest ?? 'nothing'
      throw failure(
        'PreconditionFailed',
        `${tag} was moved, then another tag could not be, and this one cannot be pointed back to ${previous} (${cause}). Point it back with "aws ecr put-image", or deploy again.`,
      )
    })
  }
}

async function currentTag(clients: AwsClients, image: ImageSpec): Promise<TagMove> {
  const digest = await digestOf(clients, image.repository, movingTag(image.name))
  return { name: image.name, ...(digest === undefined ? {} : { digest }) }
}
