import type { EcrContext } from './context.ts'
import { allImages, findImage, type ImageId } from './find-image.ts'

export type Deleted =
  | { readonly kind: 'deleted'; readonly imageIds: readonly ImageId[] }
  | { readonly kind: 'failure'; readonly code: string; readonly reason: string }

/**
 * By tag: removes the tag, and with its last tag the image. By digest: removes the image with all
 * its tags.
 */
export async function deleteImage(
  context: EcrContext,
  repository: string,
  id: ImageId,
): Promise<Deleted> {
  const found = await findImage(context, repository, id)
  if (found.kind === 'failure') return found
  const { manifest } = found
  const images = await allImages(context, repository)
  const tags = images.find((each) => each.manifest.digest === manifest.digest)?.tags ?? []
  const kept = id.imageTag === undefined ? [] : tags.filter((tag) => tag !== id.imageTag)
  const gone = id.imageTag === undefined ? tags : [id.imageTag]

  // A registry cannot remove a single tag: remove the image, then put it back under its other tags.
  await context.registry.remove(repository, manifest.digest)
  for (const tag of kept) await context.registry.put(repository, tag, manifest)
  if (kept.length === 0) context.pushes.forget(repository, manifest.digest)

  const imageIds = gone.map((imageTag) => ({ imageDigest: manifest.digest, imageTag }))
  return {
    kind: 'deleted',
    imageIds: imageIds.length > 0 ? imageIds : [{ imageDigest: manifest.digest }],
  }
}
