import { AwsError } from '../http/types.ts'
import type { EcrContext } from './context.ts'
import type { Manifest } from './registry.ts'
import type { Repository } from './repositories.ts'

export interface ImageId {
  readonly imageDigest?: string
  readonly imageTag?: string
}

export interface Image {
  readonly manifest: Manifest
  readonly tags: readonly string[]
}

/** Every image of a repository, by its path in the registry, with all its tags; newest first. */
export async function allImages(context: EcrContext, repository: string): Promise<Image[]> {
  const { registry, pushes } = context
  const byDigest = new Map<string, { manifest: Manifest; tags: string[] }>()
  const add = async (reference: string): Promise<void> => {
    const manifest = await registry.manifest(repository, reference)
    if (manifest === undefined) return
    const image = byDigest.get(manifest.digest) ?? { manifest, tags: [] }
    byDigest.set(manifest.digest, image)
    if (reference !== manifest.digest) image.tags.push(reference)
  }
  for (const tag of await registry.tags(repository)) await add(tag)
  for (const digest of pushes.digests(repository)) if (!byDigest.has(digest)) await add(digest)
  return [...byDigest.values()].toSorted(
    (a, b) =>
      pushes.pushedAt(repository, b.manifest.digest) -
      pushes.pushedAt(repository, a.manifest.digest),
  )
}

/** The image that an `imageId` identifies, or the reason in ECR's words why there is none. */
export type Found =
  | { readonly kind: 'found'; readonly manifest: Manifest }
  | { readonly kind: 'failure'; readonly code: string; readonly reason: string }

export async function findImage(
  context: EcrContext,
  repository: string,
  id: ImageId,
): Promise<Found> {
  const reference = id.imageTag ?? id.imageDigest
  if (reference === undefined)
    return {
      kind: 'failure',
      code: 'MissingDigestAndTag',
      reason: 'Invalid request parameters: both tag and digest cannot be null',
    }
  const manifest = await context.registry.manifest(repository, reference)
  if (manifest === undefined)
    return { kind: 'failure', code: 'ImageNotFound', reason: 'Requested image not found' }
  if (id.imageDigest !== undefined && id.imageDigest !== manifest.digest)
    return {
      kind: 'failure',
      code: 'ImageTagDoesNotMatchDigest',
      reason: `The tag '${id.imageTag}' does not point at the digest '${id.imageDigest}'`,
    }
  return { kind: 'found', manifest }
}

export function imageNotFound(repository: Repository, id: ImageId): AwsError {
  return new AwsError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:${show(id.imageDigest)}, imageTag:${show(id.imageTag)}} does not exist within the repository with name '${repository.name}' in the registry with id '${repository.account}'`,
  )
}

function show(part: string | undefined): string {
  return part === undefined ? 'null' : `'${part}'`
}
