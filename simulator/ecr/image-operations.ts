import { AwsError, type Call, type Operations } from '../http/types.ts'
import { type EcrContext, page, repositoryOf, requireText } from './context.ts'
import { deleteImage } from './delete-image.ts'
import { allImages, findImage, type Image, type ImageId, imageNotFound } from './find-image.ts'
import { putImage } from './put-image.ts'
import type { Repository } from './repositories.ts'

/** DescribeImages, ListImages, BatchGetImage, GetDownloadUrlForLayer, PutImage, BatchDeleteImage. */
export function imageOperations(context: EcrContext): Operations {
  const pathOf = (repository: Repository): string => context.repositories.pathOf(repository)
  return {
    async DescribeImages(call) {
      const repository = repositoryOf(context, call)
      const requested = imageIds(call)
      const images = (await allImages(context, pathOf(repository))).filter(byTagStatus(call))
      if (requested.length === 0) {
        const { items, nextToken } = page(call, images)
        return { imageDetails: items.map((image) => detail(context, repository, image)), nextToken }
      }
      const found = requested.map((id) => {
        const image = images.find((each) => isMeant(each, id))
        if (image === undefined) throw imageNotFound(repository, id)
        return image
      })
      return {
        imageDetails: [...new Set(found)].map((image) => detail(context, repository, image)),
      }
    },

    async ListImages(call) {
      const repository = repositoryOf(context, call)
      const images = (await allImages(context, pathOf(repository))).filter(byTagStatus(call))
      const ids = images.flatMap(({ manifest, tags }): ImageId[] =>
        tags.length === 0
          ? [{ imageDigest: manifest.digest }]
          : tags.map((imageTag) => ({ imageDigest: manifest.digest, imageTag })),
      )
      const { items, nextToken } = page(call, ids)
      return { imageIds: items, nextToken }
    },

    async BatchGetImage(call) {
      const repository = repositoryOf(context, call)
      const images: unknown[] = []
      const failures: unknown[] = []
      for (const id of imageIds(call)) {
        const found = await findImage(context, pathOf(repository), id)
        if (found.kind === 'failure')
          failures.push({ imageId: id, failureCode: found.code, failureReason: found.reason })
        else
          images.push({
            registryId: repository.account,
            repositoryName: repository.name,
            imageId: { ...id, imageDigest: found.manifest.digest },
            imageManifest: found.manifest.body,
            imageManifestMediaType: found.manifest.mediaType,
          })
      }
      return { images, failures }
    },

    async GetDownloadUrlForLayer(call) {
      const repository = repositoryOf(context, call)
      const layerDigest = requireText(call, 'layerDigest')
      const downloadUrl = context.layerUrlOf(repository, layerDigest)
      const exists = await context.registry.hasBlob(pathOf(repository), layerDigest)
      if (downloadUrl === undefined || !exists)
        throw new AwsError(
          'LayersNotFoundException',
          `The layer with digest '${layerDigest}' does not exist in the repository with name '${repository.name}' in the registry with id '${repository.account}'`,
        )
      return { downloadUrl, layerDigest }
    },

    PutImage: (call) => putImage(context, repositoryOf(context, call), call),

    async BatchDeleteImage(call) {
      const repository = repositoryOf(context, call)
      const deleted: ImageId[] = []
      const failures: unknown[] = []
      for (const id of imageIds(call)) {
        const answer = await deleteImage(context, pathOf(repository), id)
        if (answer.kind === 'deleted') deleted.push(...answer.imageIds)
        else failures.push({ imageId: id, failureCode: answer.code, failureReason: answer.reason })
      }
      return { imageIds: deleted, failures }
    },
  }
}

function imageIds(call: Call): readonly ImageId[] {
  return (call.input['imageIds'] ?? []) as readonly ImageId[]
}

function isMeant({ manifest, tags }: Image, { imageDigest, imageTag }: ImageId): boolean {
  if (imageDigest === undefined && imageTag === undefined) return false
  return (
    (imageDigest === undefined || imageDigest === manifest.digest) &&
    (imageTag === undefined || tags.includes(imageTag))
  )
}

function byTagStatus(call: Call): (image: Image) => boolean {
  const { tagStatus } = (call.input['filter'] ?? {}) as { tagStatus?: string }
  if (tagStatus === 'TAGGED') return ({ tags }) => tags.length > 0
  if (tagStatus === 'UNTAGGED') return ({ tags }) => tags.length === 0
  return () => true
}

function detail(context: EcrContext, repository: Repository, { manifest, tags }: Image) {
  const { config, layers = [] } = JSON.parse(manifest.body) as {
    config?: { mediaType?: string; size?: number }
    layers?: readonly { size?: number }[]
  }
  const sizes = [config, ...layers].map((each) => each?.size ?? 0)
  return {
    registryId: repository.account,
    repositoryName: repository.name,
    imageDigest: manifest.digest,
    imageTags: tags.length > 0 ? tags : undefined,
    // ECR gives no size for a list of images.
    imageSizeInBytes: config === undefined ? undefined : sizes.reduce((sum, size) => sum + size, 0),
    imagePushedAt: new Date(
      context.pushes.pushedAt(context.repositories.pathOf(repository), manifest.digest),
    ),
    imageManifestMediaType: manifest.mediaType,
    artifactMediaType: config?.mediaType,
  }
}
