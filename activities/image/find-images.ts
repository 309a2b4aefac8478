import type { EnvironmentSpec, ImageSpec } from '../../contract/environment-spec.ts'
import type { FoundImage, InspectedService } from '../../contract/activity-types.ts'
import type { AwsClients } from '../aws/clients.ts'
import { configuredMisfits, registryMisfits, requiredPlatforms } from '../platform/image-misfits.ts'
import { rejection } from '../temporal/failures.ts'
import { digestOf, repositoryOf, tagsOf } from './ecr.ts'
import { readManifest } from './manifest.ts'
import { immutableTag } from './naming.ts'

export interface FindImagesInput {
  readonly spec: EnvironmentSpec
  readonly commit: string
  /** Looks for the images of this rebuild alone. */
  readonly rebuild?: string
  /** What runs now. If that was rebuilt from this commit, its image is used, not the older one. */
  readonly running?: readonly Pick<InspectedService, 'name' | 'now' | 'platform'>[]
}

/**
 * Which images of a commit, or of one rebuild of it, are in the registry. If an image rebuilt from
 * this commit runs now, it is found in place of the one that was built first. Reads only.
 *
 * Fails as `PreconditionFailed` if an image is made, or would be built, for another platform than
 * that of a service that runs it.
 */
export async function findImages(
  clients: AwsClients,
  input: FindImagesInput,
): Promise<readonly FoundImage[]> {
  const found = await Promise.all(
    input.spec.images.map(async (config) => {
      const required = requiredPlatforms(input.spec, config.name, input.running ?? [])
      const image: FoundImage = {
        ...(await findImageOf(clients, input, config)),
        ...(required.length === 0 ? {} : { requiredPlatforms: required }),
      }
      return image.digest === undefined
        ? { image, findings: configuredMisfits(config, required) }
        : await described(clients, config, { ...image, digest: image.digest })
    }),
  )
  const findings = found.flatMap((one) => one.findings)
  if (findings.length > 0) throw rejection(findings)
  return found.map(({ image }) => image)
}

async function findImageOf(
  clients: AwsClients,
  input: FindImagesInput,
  image: ImageSpec,
): Promise<FoundImage> {
  const { name } = image
  const { repositoryUri } = await repositoryOf(clients, image)
  const firstTag = immutableTag(name, input.commit)
  if (input.rebuild !== undefined) {
    const tag = `${firstTag}-${input.rebuild}`
    const digest = await digestOf(clients, image.repository, tag)
    return { name, repositoryUri, tag, fresh: true, ...(digest && { digest }) }
  }
  const digest = await digestOf(clients, image.repository, firstTag)
  const rebuilt = await runningRebuild(clients, { image, input, firstDigest: digest })
  return { name, repositoryUri, tag: firstTag, ...(digest && { digest }), ...rebuilt }
}

/** An image of the registry with what it lists, and why services cannot run it. */
export async function described<Image extends FoundImage & { readonly digest: string }>(
  clients: AwsClients,
  config: ImageSpec,
  image: Image,
): Promise<{ readonly image: Image; readonly findings: readonly string[] }> {
  const manifest = await readManifest(clients, config.repository, { imageDigest: image.digest })
  if (manifest === undefined) return { image, findings: [] }
  const { manifests } = manifest
  return {
    image: manifests.length === 0 ? image : { ...image, manifests },
    findings: await registryMisfits(clients, image, { config, manifest }),
  }
}

/** The newest running image whose tag says that it was rebuilt from this commit. */
async function runningRebuild(
  clients: AwsClients,
  which: { image: ImageSpec; input: FindImagesInput; firstDigest: string | undefined },
): Promise<Required<Pick<FoundImage, 'tag' | 'digest'>> | undefined> {
  const { image, firstDigest } = which
  const { spec, commit, running = [] } = which.input
  const digests = running.flatMap(({ name, now }) => {
    const containers = spec.services.find((service) => service.name === name)?.containers ?? {}
    return Object.entries(now.digests).flatMap(([container, digest]) =>
      containers[container] === image.name && digest !== firstDigest ? [digest] : [],
    )
  })
  const prefix = `${immutableTag(image.name, commit)}-`
  const found = await Promise.all(
    [...new Set(digests)].map(async (digest) => {
      const tags = await tagsOf(clients, image.repository, digest)
      return tags.filter((tag) => tag.startsWith(prefix)).map((tag) => ({ tag, digest }))
    }),
  )
  return found.flat().toSorted((one, other) => (one.tag < other.tag ? 1 : -1))[0]
}
