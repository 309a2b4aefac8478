import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  PutImageCommand,
  type Image,
} from '@aws-sdk/client-ecr'
import { activityInfo, log } from '@temporalio/activity'
import type { ImageSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure } from '../temporal/failures.ts'
import { withHeartbeat } from '../temporal/heartbeat.ts'
import { digestOf, movingTag } from './images.ts'
import { errorName, isTransient } from '../aws/errors.ts'
import { knownFailure } from '../aws/known-failure.ts'

interface TagMove {
  readonly name: string
  /** Left out: the tag is taken away, as before the first release. */
  readonly digest?: string
}

/** Without these ECR answers with a manifest in an old format, which has another digest. */
const acceptedMediaTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]

/**
 * Points `<image>-latest` at the digests given, through the registry's own API: no image is moved
 * about. Gives what each tag pointed at before, which is what takes the move back.
 *
 * A repository whose tags are immutable keeps its tag in `pin` mode, where the tag is a
 * convenience only; in `force` mode that fails as `PreconditionFailed`, since ECS would start the old image.
 * So it is with an image that the repository does not have: what ran before Slipway came may be
 * from another one. Where it fails, the tags that were moved already are pointed back.
 */
export async function moveTags(
  clients: AwsClients,
  { spec, images }: { spec: EnvironmentSpec; images: readonly TagMove[] },
): Promise<readonly TagMove[]> {
  const moves = images.map((move) => {
    const image = spec.images.find(({ name }) => name === move.name)
    if (image !== undefined) return { image, digest: move.digest }
    throw failure('PreconditionFailed', `There is no image "${move.name}" in slipway.yaml.`)
  })
  const now = await Promise.all(moves.map(({ image }) => tagNow(clients, image)))
  // A try before this one may have moved some: what it saw first is what was before.
  const before: readonly TagMove[] = activityInfo().heartbeatDetails ?? now
  await withHeartbeat(async (say) => {
    say(before)
    const moved: Move[] = []
    try {
      for (const [index, { image, digest }] of moves.entries()) {
        if (digest === now[index]?.digest) continue
        moved.push({ image, digest: before[index]?.digest })
        await pointTag(clients, { image, digest }, spec.mode)
      }
    } catch (error) {
      // What may pass is tried again; else all stay where they were, or none does.
      if (!isTransient(error)) await pointBack(clients, moved, spec.mode)
      throw error
    }
  })
  return before
}

interface Move {
  readonly image: ImageSpec
  readonly digest: string | undefined
}

async function pointTag(
  clients: AwsClients,
  { image, digest }: Move,
  mode: EnvironmentSpec['mode'],
): Promise<void> {
  if (digest === undefined) await removeTag(clients, image)
  else await putTag(clients, { image, digest, mode })
}

/** All but the last were moved; the last is the one that failed. */
async function pointBack(
  clients: AwsClients,
  moved: readonly Move[],
  mode: EnvironmentSpec['mode'],
): Promise<void> {
  for (const move of moved.slice(0, -1)) {
    await pointTag(clients, move, mode).catch((error: unknown) => {
      const why = knownFailure(error)?.message ?? String(error)
      throw failure(
        'PreconditionFailed',
        `Tag ${movingTag(move.image.name)} in ECR repository "${move.image.repository}" was moved, another could not be, and this one cannot be pointed back to ${move.digest ?? 'nothing'}: ${why}`,
      )
    })
  }
}

async function tagNow(clients: AwsClients, image: ImageSpec): Promise<TagMove> {
  const digest = await digestOf(clients, image.repository, movingTag(image.name))
  return { name: image.name, ...(digest === undefined ? {} : { digest }) }
}

async function putTag(
  clients: AwsClients,
  { image, digest, mode }: { image: ImageSpec; digest: string; mode: EnvironmentSpec['mode'] },
) {
  const imageTag = movingTag(image.name)
  const found = await manifestOf(clients, image, digest)
  if (found === undefined) {
    if (mode === 'force') throw failure('PreconditionFailed', notInRepository(image, digest))
    log.warn(`${notInRepository(image, digest)} ${imageTag} stays as it is.`)
    return
  }
  const { imageManifest, imageManifestMediaType } = found
  try {
    await clients.ecr.send(
      new PutImageCommand({
        repositoryName: image.repository,
        imageManifest,
        imageTag,
        ...(imageManifestMediaType === undefined ? {} : { imageManifestMediaType }),
      }),
    )
  } catch (error) {
    if (errorName(error) === 'ImageAlreadyExistsException') return
    if (errorName(error) !== 'ImageTagAlreadyExistsException') throw error
    if (mode === 'force') throw failure('PreconditionFailed', immutableInForceMode(image))
    log.warn(`Tags in repository ${image.repository} are immutable: ${imageTag} stays as it is.`)
  }
}

export function immutableInForceMode(image: ImageSpec): string {
  return `Tags in ECR repository "${image.repository}" are immutable, so "${movingTag(image.name)}" cannot be moved, which mode "force" rests on. Use mode "pin", or make the repository's tags mutable.`
}

async function manifestOf(
  clients: AwsClients,
  image: ImageSpec,
  digest: string,
): Promise<Image | undefined> {
  const answer = await clients.ecr.send(
    new BatchGetImageCommand({
      repositoryName: image.repository,
      imageIds: [{ imageDigest: digest }],
      acceptedMediaTypes,
    }),
  )
  const found = answer.images?.[0]
  return found?.imageManifest === undefined ? undefined : found
}

function notInRepository(image: ImageSpec, digest: string): string {
  return `ECR repository "${image.repository}" has no image ${digest}. A lifecycle policy may have removed it: release its commit again.`
}

async function removeTag(clients: AwsClients, image: ImageSpec) {
  await clients.ecr.send(
    new BatchDeleteImageCommand({
      repositoryName: image.repository,
      imageIds: [{ imageTag: movingTag(image.name) }],
    }),
  )
}
