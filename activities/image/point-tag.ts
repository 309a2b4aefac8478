import { BatchDeleteImageCommand, PutImageCommand } from '@aws-sdk/client-ecr'
import { log } from '@temporalio/activity'
import { ecrRepositoryOf } from '../../contract/ecr-repository.ts'
import type { EnvironmentSpec, ImageSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { errorName } from '../aws/errors.ts'
import { failure } from '../temporal/failures.ts'
import { ecrTarget } from './ecr.ts'
import { findManifest } from './manifest.ts'
import { movingTag } from './naming.ts'

export interface ImageTagMove {
  readonly image: ImageSpec
  /** Undefined: removes the tag. */
  readonly digest: string | undefined
}

/**
 * Points `<image>-latest` at a digest through the registry's API, or removes the tag.
 *
 * If the repository's tags are immutable, or it does not have the digest, the tag stays as it is in
 * `pin` mode. In `force` mode, where ECS would start the old image, that fails as
 * `PreconditionFailed`.
 */
export async function pointTag(
  clients: AwsClients,
  { image, digest }: ImageTagMove,
  mode: EnvironmentSpec['mode'],
): Promise<void> {
  if (digest === undefined) await removeTag(clients, image)
  else await putTag(clients, { image, digest, mode })
}

async function putTag(
  clients: AwsClients,
  { image, digest, mode }: { image: ImageSpec; digest: string; mode: EnvironmentSpec['mode'] },
) {
  const imageTag = movingTag(image.name)
  const found = await findManifest(clients, image.repository, digest)
  if (found === undefined) {
    if (mode === 'force') throw failure('PreconditionFailed', missingImage(image, digest))
    log.warn(`${missingImage(image, digest)} Tag ${imageTag} was not moved.`)
    return
  }
  const { imageManifest, imageManifestMediaType } = found
  try {
    const { ecr, id } = ecrTarget(clients, image.repository)
    await ecr.send(
      new PutImageCommand({
        ...id,
        imageManifest,
        imageTag,
        ...(imageManifestMediaType === undefined ? {} : { imageManifestMediaType }),
      }),
    )
  } catch (error) {
    if (errorName(error) === 'ImageAlreadyExistsException') return
    if (errorName(error) !== 'ImageTagAlreadyExistsException') throw error
    if (mode === 'force') throw failure('PreconditionFailed', immutableInForceMode(image))
    log.warn(`Tags in ECR repository ${image.repository} are immutable: ${imageTag} was not moved.`)
  }
}

export function immutableInForceMode(image: ImageSpec): string {
  const { name, registry } = ecrRepositoryOf(image.repository)
  const where =
    registry === undefined ? '' : ` --registry-id ${registry.account} --region ${registry.region}`
  return `Tags in ECR repository "${image.repository}" are immutable, but mode "force" must move tag "${movingTag(image.name)}" there. Set "mode" to "pin" in slipway.yaml, or make the tags mutable: aws ecr put-image-tag-mutability --repository-name ${name}${where} --image-tag-mutability MUTABLE`
}

function missingImage(image: ImageSpec, digest: string): string {
  return `ECR repository "${image.repository}" has no image ${digest}; a lifecycle policy may have removed it. Deploy its commit again to rebuild it.`
}

async function removeTag(clients: AwsClients, image: ImageSpec) {
  const { ecr, id } = ecrTarget(clients, image.repository)
  await ecr.send(
    new BatchDeleteImageCommand({
      ...id,
      imageIds: [{ imageTag: movingTag(image.name) }],
    }),
  )
}
