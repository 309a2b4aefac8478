import { log } from '@temporalio/activity'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure, rejection } from '../temporal/failures.ts'
import { withPushedDigests } from '../image/image-digests.ts'
import { movingTag } from '../image/naming.ts'
import { registerTaskDefinition } from '../ecs/register-task-definition.ts'
import { revisionTags, tagsWith } from '../ecs/revision-tags.ts'
import { describeServices } from '../ecs/services.ts'
import { describeTaskDefinition, missingContainers } from '../ecs/task-definitions.ts'
import {
  isSameDefinition,
  registrablePart,
  withImages,
  type TaskDefinitionDocument,
} from '../ecs/task-definition-document.ts'
import { baseFindings } from '../inspect/base-findings.ts'
import { shortName } from '../../rollout/arn.ts'
import { baseOf, findBase, pendingTag, type RevisionBase } from './base.ts'
import { isOfEnvironment } from './owner.ts'
import type { InspectedService, PushedImage, Revision } from '../../contract/activity-types.ts'

interface RegisterInput {
  readonly spec: EnvironmentSpec
  readonly release: string
  readonly commit: string
  /** What the inspection found: the rollback target is what serves. */
  readonly running: readonly Pick<InspectedService, 'name' | 'rollbackTarget'>[]
  readonly images: readonly PushedImage[]
}

/**
 * A revision for each service, in their order, that runs exactly these images.
 *
 * In `pin` mode, clones the revision that the service runs, or a newer one if the configuration
 * says so, and replaces only the images. Registers nothing if the running or the newest revision is
 * already identical. In `force` mode, it is the running revision.
 */
export async function registerRevisions(
  clients: AwsClients,
  input: RegisterInput,
): Promise<readonly Revision[]> {
  const { spec } = input
  const found = await describeServices(
    clients,
    spec.cluster,
    spec.services.map(({ ecsService }) => ecsService),
  )
  const services = spec.services.map((service): ServiceInput => {
    const current = found.get(service.ecsService)?.taskDefinition
    if (current === undefined) {
      throw failure(
        'PreconditionFailed',
        `Service "${service.ecsService}" is no longer in cluster "${spec.cluster}". Create it again, or correct "service" of "${service.name}" in slipway.yaml.`,
      )
    }
    const inspected = input.running.find(({ name }) => name === service.name)
    const serving = inspected?.rollbackTarget.taskDefinition ?? ''
    const isKnown = spec.mode === 'pin' && serving !== ''
    return { input, service, running: isKnown ? serving : current }
  })
  const revisions =
    spec.mode === 'force'
      ? await Promise.all(services.map((service) => runningRevision(clients, service)))
      : await pinnedRevisions(clients, services)
  return revisions.map((one) => withPushedDigests(one, spec, input.images))
}

interface ServiceInput {
  readonly input: RegisterInput
  readonly service: ServiceSpec
  /** The task definition that the service runs now. */
  readonly running: string
}

/** All bases are found before anything is registered: services may share a family. */
async function pinnedRevisions(
  clients: AwsClients,
  services: readonly ServiceInput[],
): Promise<readonly Revision[]> {
  const bases = await Promise.all(
    services.map(async (one) => {
      const { spec, release } = one.input
      const question = { spec, service: one.service, release, running: one.running }
      return { ...one, found: await findBase(clients, question) }
    }),
  )
  const findings = bases.flatMap(({ service, found }) => [
    ...missingContainers(service, baseOf(found, service)),
    ...baseFindings(service, found),
  ])
  if (findings.length > 0) throw rejection(findings)
  const revisions: Revision[] = []
  for (const one of bases) revisions.push(await pinnedRevision(clients, one))
  return revisions
}

async function pinnedRevision(
  clients: AwsClients,
  { input, service, found }: ServiceInput & { found: RevisionBase },
): Promise<Revision> {
  const base = baseOf(found, service)
  const pinned = pinnedImages(service, input.images)
  const next = withImages(registrablePart(base.document), pinned.images)
  const existing = findIdentical(input.spec, found, next)
  if (existing !== undefined) {
    log.info(`${shortName(existing)} already runs these images: nothing to register`)
    const registered = false
    return { service: service.name, taskDefinition: existing, digests: pinned.digests, registered }
  }
  const tags = tagsWith(base.tags, {
    [revisionTags.project]: input.spec.project,
    [revisionTags.service]: service.name,
    ...pendingTag(found, base),
    [revisionTags.release]: input.release,
    [revisionTags.commit]: input.commit,
  })
  const taskDefinition = await registerTaskDefinition(clients, next, tags)
  return { service: service.name, taskDefinition, digests: pinned.digests, registered: true }
}

/**
 * The running or the newest revision, if ECS can deploy it and it is identical to `next`. Not one of
 * another environment, whose release may deregister it.
 */
function findIdentical(
  spec: EnvironmentSpec,
  { running, newest }: RevisionBase,
  next: TaskDefinitionDocument,
): string | undefined {
  const known =
    newest === undefined || !isOfEnvironment(newest, spec) ? [running] : [running, newest]
  return known.find(
    ({ definition, document }) =>
      definition.status === 'ACTIVE' && isSameDefinition(next, registrablePart(document)),
  )?.arn
}

/** In `force` mode, a digest can only be expected of containers that run the moving tag. */
async function runningRevision(
  clients: AwsClients,
  { input, service, running }: ServiceInput,
): Promise<Revision> {
  const current = await describeTaskDefinition(clients, running)
  const digests = Object.fromEntries(
    (current.definition.containerDefinitions ?? []).flatMap(({ name = '', image }) => {
      const pushed = input.images.find((one) => one.name === service.containers[name])
      if (pushed === undefined) return []
      return image === `${pushed.repositoryUri}:${movingTag(pushed.name)}`
        ? [[name, pushed.digest]]
        : []
    }),
  )
  return { service: service.name, taskDefinition: current.arn, digests, registered: false }
}

/** Container name → image by digest, and container name → digest. */
function pinnedImages(service: ServiceSpec, pushed: readonly PushedImage[]) {
  const images: Record<string, string> = {}
  const digests: Record<string, string> = {}
  for (const [container, name] of Object.entries(service.containers)) {
    const image = pushed.find((one) => one.name === name)
    if (image === undefined) {
      throw failure(
        'PreconditionFailed',
        `Container "${container}" of service "${service.name}" runs image "${name}", but this release did not push it. Correct "containers" of the service or "images" in slipway.yaml.`,
      )
    }
    images[container] = `${image.repositoryUri}@${image.digest}`
    digests[container] = image.digest
  }
  return { images, digests }
}
