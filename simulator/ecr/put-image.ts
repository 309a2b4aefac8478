import { AwsError, type Call } from '../http/types.ts'
import { type EcrContext, optionalText, requireText } from './context.ts'
import { digestOf } from './http-registry.ts'
import { isImmutable, type Repository } from './repositories.ts'

/** Stores a manifest, or adds a tag to an existing one, which is how a tag is moved. */
export async function putImage(context: EcrContext, repository: Repository, call: Call) {
  const { registry, pushes, repositories } = context
  const path = repositories.pathOf(repository)
  const body = requireText(call, 'imageManifest')
  const tag = optionalText(call, 'imageTag')
  const digest = digestOf(body)
  const given = optionalText(call, 'imageDigest')
  if (given !== undefined && given !== digest)
    throw new AwsError(
      'ImageDigestDoesNotMatchException',
      `The digest '${given}' does not match the digest '${digest}' of the manifest`,
    )
  const mediaType = optionalText(call, 'imageManifestMediaType') ?? mediaTypeOf(body)

  const present = await registry.manifest(path, tag ?? digest)
  if (present?.digest === digest)
    throw new AwsError(
      'ImageAlreadyExistsException',
      `Image with digest '${digest}' and tag '${tag ?? 'null'}' already exists in the repository with name '${repository.name}' in registry with id '${repository.account}'`,
    )
  if (tag !== undefined && present !== undefined && isImmutable(repository, tag))
    throw new AwsError('ImageTagAlreadyExistsException', immutableTag(repository.name, tag))

  const answer = await registry.put(path, tag ?? digest, { digest, mediaType, body })
  if (answer.kind === 'missing')
    throw new AwsError(
      mediaType.includes('list') || mediaType.includes('index')
        ? 'ReferencedImagesNotFoundException'
        : 'LayersNotFoundException',
      `The manifest refers to layers or images that are not in the repository with name '${repository.name}': ${answer.reason}`,
    )
  if (answer.kind === 'invalid')
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax' (${answer.reason})`,
    )
  pushes.note(path, digest)
  return {
    image: {
      registryId: repository.account,
      repositoryName: repository.name,
      imageId: { imageDigest: digest, ...(tag !== undefined && { imageTag: tag }) },
      imageManifest: body,
      imageManifestMediaType: mediaType,
    },
  }
}

/** ECR's message, both in its API and in its registry. It applies to the same image as well. */
export function immutableTag(repository: string, tag: string): string {
  return `The image tag '${tag}' already exists in the '${repository}' repository and cannot be overwritten because the tag is immutable.`
}

function mediaTypeOf(body: string): string {
  let manifest: { mediaType?: string; manifests?: unknown } | null
  try {
    manifest = JSON.parse(body) as typeof manifest
  } catch {
    manifest = null
  }
  if (typeof manifest !== 'object' || manifest === null)
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'`,
    )
  // OCI manifests may omit `mediaType`.
  const kind = manifest.manifests === undefined ? 'manifest' : 'index'
  return manifest.mediaType ?? `application/vnd.oci.image.${kind}.v1+json`
}
