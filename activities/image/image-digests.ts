import type { PushedImage, Revision } from '../../contract/activity-types.ts'
import type { EnvironmentSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import type { RunningRevision } from '../../rollout/deployment.ts'
import type { ObservedTask } from '../../rollout/observation.ts'
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
 * are pinned: for an image that is an index, a task may report the digest of the manifest that it
 * pulled, which no tag points at.
 *
 * @param tasks say what their containers are pinned to
 */
export async function asPinned<Running extends RunningRevision>(
  clients: AwsClients,
  { spec, service }: Omit<DigestsToRead, 'digests'>,
  reported: Running,
  tasks: readonly ObservedTask[],
): Promise<Running> {
  const running = { ...reported, digests: digestsOfContainers(service, reported.digests) }
  const pins = tasks
    .filter(({ taskDefinition }) => taskDefinition === running.taskDefinition)
    .flatMap(({ containers }) => containers)
    .flatMap(({ name, image }) => {
      const digest = image.split('@')[1]
      return digest === undefined ? [] : [[name, digest] as const]
    })
  const digests = { ...running.digests, ...Object.fromEntries(pins) }
  const read = await readImageDigests(clients, { spec, service, digests })
  const { imageDigests } = read
  if (imageDigests === undefined) return running
  const pinned = Object.entries(running.digests).map(([container, digest]) => {
    const all = imageDigests[container] ?? []
    return [container, all.includes(digest) ? (all[0] ?? digest) : digest] as const
  })
  return { ...running, digests: Object.fromEntries(pinned), ...read }
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
