import type { PushedImage, Revision } from '../../contract/activity-types.ts'
import type { EnvironmentSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import type { RunningRevision } from '../../rollout/deployment.ts'
import type { Observation } from '../../rollout/observation.ts'
import type { ImageDigests } from '../../rollout/same-image.ts'
import type { AwsClients } from '../aws/clients.ts'
import { digestsOfContainers } from './digests-of-containers.ts'
import { readManifest } from './manifest.ts'

interface DigestsToRead {
  readonly spec: EnvironmentSpec
  readonly service: ServiceSpec
  /** Container name → digest. */
  readonly digests: Revision['digests']
}

interface ObservedRevision extends Omit<DigestsToRead, 'digests'> {
  readonly observation: Observation
}

/** Which of these digests are those of an index, with the digests of all that it lists. */
export async function readImageDigests(
  clients: AwsClients,
  { spec, service, digests }: DigestsToRead,
): Promise<{ readonly imageDigests?: ImageDigests }> {
  const read = await Promise.all(
    Object.entries(digests).map(async ([container, imageDigest]) => {
      const image = spec.images.find(({ name }) => name === service.containers[container])
      const manifest = image && (await readManifest(clients, image.repository, { imageDigest }))
      return imageDigestsOf(container, imageDigest, manifest?.manifests)
    }),
  )
  return present(read.flat())
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
 * are pinned: for an image that is an index, tasks may report the digests of the manifests that they
 * pulled, one for each platform, which no tag points at.
 *
 * @param read what to read from the observation, given which images are an index
 */
export async function asPinned<Running extends RunningRevision>(
  clients: AwsClients,
  { spec, service, observation }: ObservedRevision,
  read: (observation: Observation, images?: ImageDigests) => Running,
): Promise<Running> {
  const reported = read(observation)
  const pins = observation.tasks
    .filter(({ taskDefinition }) => taskDefinition === reported.taskDefinition)
    .flatMap(({ containers }) => containers)
    .flatMap(({ name, image }) => {
      const digest = image.split('@')[1]
      return digest === undefined ? [] : [[name, digest] as const]
    })
  const digests = { ...reported.digests, ...Object.fromEntries(pins) }
  const { imageDigests } = await readImageDigests(clients, { spec, service, digests })
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
