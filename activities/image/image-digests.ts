import type { PushedImage, Revision } from '../../contract/activity-types.ts'
import type { EnvironmentSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import type { RunningRevision } from '../../rollout/deployment.ts'
import type { Observation } from '../../rollout/observation.ts'
import type { ImageDigests } from '../../rollout/same-image.ts'
import type { AwsClients } from '../aws/clients.ts'
import { digestsOfContainers } from './digests-of-containers.ts'
import { readManifest, type ImageManifest } from './manifest.ts'

interface DigestsToRead {
  readonly spec: EnvironmentSpec
  readonly service: ServiceSpec
  /** Container name → digest, as tasks report it or an image is pinned. */
  readonly digests: Revision['digests']
  /** Container name → image, as its task definition has it: pinned, or by a tag. */
  readonly references?: Readonly<Record<string, string>>
}

interface ObservedRevision extends Pick<DigestsToRead, 'spec' | 'service'> {
  readonly observation: Observation
}

/** Which containers run an image that is an index, with the digests of all that it lists. */
export async function readImageDigests(
  clients: AwsClients,
  { spec, service, digests, references = {} }: DigestsToRead,
): Promise<{ readonly imageDigests?: ImageDigests }> {
  const read = await Promise.all(
    Object.entries(service.containers).map(async ([container, name]) => {
      const image = spec.images.find((one) => one.name === name)
      if (image === undefined) return []
      const imageDigest = digests[container]
      const ids = [idOf(references[container]), imageDigest === undefined ? [] : { imageDigest }]
      const index = await findIndex(clients, image.repository, { ids: ids.flat(), imageDigest })
      return index === undefined ? [] : imageDigestsOf(container, index.digest, index.manifests)
    }),
  )
  return present(read.flat())
}

/**
 * The first of these that is the index of an image. A tag may have moved since the image was pulled:
 * it says something only about a digest that it has. So it does not matter either if it is the tag of
 * another repository. Where several manifests are reported there is no digest to compare yet.
 */
async function findIndex(
  clients: AwsClients,
  repository: string,
  { ids, imageDigest }: { ids: readonly ImageId[]; imageDigest: string | undefined },
): Promise<ImageManifest | undefined> {
  for (const id of ids) {
    const manifest = await readManifest(clients, repository, id)
    if (manifest === undefined) continue
    const { digest, manifests } = manifest
    if (imageDigest === undefined || [digest, ...manifests].includes(imageDigest)) return manifest
  }
  return undefined
}

type ImageId = { readonly imageDigest: string } | { readonly imageTag: string }

/** None for an image without tag and digest. */
function idOf(reference = ''): ImageId | readonly [] {
  const [name = '', imageDigest] = reference.split('@')
  if (imageDigest !== undefined) return { imageDigest }
  const [, imageTag] = /:([^:/]+)$/.exec(name) ?? []
  return imageTag === undefined ? [] : { imageTag }
}

/** A revision of a release, with what the images that it runs list. */
export function withPushedDigests(
  revision: Revision,
  spec: EnvironmentSpec,
  images: readonly PushedImage[],
): Revision {
  const containers = spec.services.find(({ name }) => name === revision.service)?.containers ?? {}
  const known = Object.entries(revision.digests).flatMap(([container, digest]) => {
    const pushed = images.find(({ name }) => name === containers[container])
    return pushed?.digest === digest ? imageDigestsOf(container, digest, pushed.manifests) : []
  })
  return { ...revision, ...present(known) }
}

/**
 * What a service runs in the containers that Slipway deploys, by the digests of its images as they
 * are pinned, or as the tag that its tasks pull points at them: for an image that is an index, tasks
 * may report the digests of the manifests that they pulled, one for each platform, which no tag
 * points at.
 *
 * @param read what to read from the observation, given which images are an index
 */
export async function asPinned<Running extends RunningRevision>(
  clients: AwsClients,
  { spec, service, observation }: ObservedRevision,
  read: (observation: Observation, images?: ImageDigests) => Running,
): Promise<Running> {
  const { taskDefinition, digests } = read(observation)
  const images = observation.tasks
    .filter((task) => task.taskDefinition === taskDefinition)
    .flatMap(({ containers }) => containers)
    .map(({ name, image }) => [name, image] as const)
  const references = Object.fromEntries(images)
  const { imageDigests } = await readImageDigests(clients, { spec, service, digests, references })
  const running = read(observation, imageDigests)
  return { ...running, digests: digestsOfContainers(service, running.digests) }
}

function imageDigestsOf(
  container: string,
  digest: string,
  manifests: readonly string[] = [],
): (readonly [container: string, digests: readonly string[]])[] {
  return manifests.length === 0 ? [] : [[container, [digest, ...manifests]]]
}

function present(entries: readonly (readonly [string, readonly string[]])[]): {
  readonly imageDigests?: ImageDigests
} {
  return entries.length === 0 ? {} : { imageDigests: Object.fromEntries(entries) }
}
