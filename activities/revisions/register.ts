import { isDeepStrictEqual } from 'node:util'
import { RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { log } from '@temporalio/activity'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure, rejection } from '../temporal/failures.ts'
import { movingTag } from '../image/naming.ts'
import { revisionTags, tagsWith } from '../ecs/revision-tags.ts'
import { describeServices } from '../ecs/services.ts'
import {
  describeTaskDefinition,
  missingContainers,
  registrablePart,
  withImages,
  type DescribedTaskDefinition,
  type Registrable,
} from '../ecs/task-definitions.ts'
import { familyOf, shortName } from '../../rollout/arn.ts'
import type { PushedImage, Revision } from '../../contract/activity-types.ts'

interface RegisterInput {
  readonly spec: EnvironmentSpec
  readonly release: string
  readonly commit: string
  readonly images: readonly PushedImage[]
}

/**
 * A revision for each service, in their order, that runs exactly these images.
 *
 * `pin`: the newest ACTIVE revision of the family, so that what Terraform has just added is there,
 * with only the images changed; not registered again where that one, or the one that runs, is the
 * same already. `force`: the revision that runs.
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
  const revisions: Revision[] = []
  for (const service of spec.services) {
    const running = found.get(service.ecsService)?.taskDefinition
    if (running === undefined) {
      throw failure(
        'PreconditionFailed',
        `Service "${service.ecsService}" is no longer in cluster "${spec.cluster}".`,
      )
    }
    revisions.push(
      spec.mode === 'force'
        ? await revisionThatRuns(clients, { input, service, running })
        : await revisionPinned(clients, { input, service, running }),
    )
  }
  return revisions
}

interface For {
  readonly input: RegisterInput
  readonly service: ServiceSpec
  /** The task definition that the service has now. */
  readonly running: string
}

async function revisionPinned(
  clients: AwsClients,
  { input, service, running }: For,
): Promise<Revision> {
  const newest = await describeTaskDefinition(clients, familyOf(running))
  const missing = missingContainers(service, newest)
  if (missing.length > 0) throw rejection(missing)
  const pinned = pinnedImages(service, input.images)
  const wanted = withImages(registrablePart(newest.definition), pinned.images)
  const same = await identical(clients, { wanted, newest, running })
  if (same !== undefined) {
    log.info(`${shortName(same)} runs these images already: not registered again.`)
    const registered = false
    return { service: service.name, taskDefinition: same, digests: pinned.digests, registered }
  }
  const answer = await clients.ecsOnce.send(
    new RegisterTaskDefinitionCommand({
      ...wanted,
      tags: tagsWith(newest.tags, {
        [revisionTags.project]: input.spec.project,
        [revisionTags.release]: input.release,
        [revisionTags.commit]: input.commit,
      }),
    }),
  )
  const taskDefinition = answer.taskDefinition?.taskDefinitionArn
  if (taskDefinition === undefined) {
    throw failure(
      'PreconditionFailed',
      `ECS did not say which revision of ${familyOf(running)} it made.`,
    )
  }
  return { service: service.name, taskDefinition, digests: pinned.digests, registered: true }
}

/** The newest revision, or the one that runs, where it is exactly what is wanted. */
async function identical(
  clients: AwsClients,
  which: { wanted: Registrable; newest: DescribedTaskDefinition; running: string },
): Promise<string | undefined> {
  const { wanted, newest, running } = which
  if (isDeepStrictEqual(wanted, registrablePart(newest.definition))) return newest.arn
  if (newest.arn === running) return undefined
  const current = await describeTaskDefinition(clients, running)
  const active = current.definition.status === 'ACTIVE'
  return active && isDeepStrictEqual(wanted, registrablePart(current.definition))
    ? current.arn
    : undefined
}

/** In `force` mode a digest can be expected of the containers that run the moving tag. */
async function revisionThatRuns(
  clients: AwsClients,
  { input, service, running }: For,
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

/** Container name → image by digest, and → digest. */
function pinnedImages(service: ServiceSpec, pushed: readonly PushedImage[]) {
  const images: Record<string, string> = {}
  const digests: Record<string, string> = {}
  for (const [container, name] of Object.entries(service.containers)) {
    const image = pushed.find((one) => one.name === name)
    if (image === undefined) {
      throw failure(
        'PreconditionFailed',
        `Container "${container}" of service "${service.name}" runs image "${name}", which was not pushed. Correct "images" in slipway.yaml.`,
      )
    }
    images[container] = `${image.repositoryUri}@${image.digest}`
    digests[container] = image.digest
  }
  return { images, digests }
}
