import { log } from '@temporalio/activity'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure, rejection } from '../temporal/failures.ts'
import { movingTag } from '../image/naming.ts'
import { registerTaskDefinition } from '../ecs/register-task-definition.ts'
import { revisionTags, tagsWith } from '../ecs/revision-tags.ts'
import { describeServices } from '../ecs/services.ts'
import {
  describeTaskDefinition,
  missingContainers,
  type DescribedTaskDefinition,
} from '../ecs/task-definitions.ts'
import {
  isSameDefinition,
  registrablePart,
  withImages,
  type TaskDefinitionDocument,
} from '../ecs/task-definition-document.ts'
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
 * In `pin` mode, clones the newest ACTIVE revision of the family, so that it includes what Terraform
 * has just changed, and replaces only the images. Registers nothing if the newest or the running
 * revision is already identical. In `force` mode, it is the running revision.
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
        `Service "${service.ecsService}" is no longer in cluster "${spec.cluster}". Create it again, or correct "service" of "${service.name}" in slipway.yaml.`,
      )
    }
    revisions.push(
      spec.mode === 'force'
        ? await runningRevision(clients, { input, service, running })
        : await pinnedRevision(clients, { input, service, running }),
    )
  }
  return revisions
}

interface ServiceInput {
  readonly input: RegisterInput
  readonly service: ServiceSpec
  /** The task definition that the service runs now. */
  readonly running: string
}

async function pinnedRevision(
  clients: AwsClients,
  { input, service, running }: ServiceInput,
): Promise<Revision> {
  const newest = await describeTaskDefinition(clients, familyOf(running))
  const missing = missingContainers(service, newest)
  if (missing.length > 0) throw rejection(missing)
  const pinned = pinnedImages(service, input.images)
  const next = withImages(registrablePart(newest.document), pinned.images)
  const existing = await findIdentical(clients, { next, newest, running })
  if (existing !== undefined) {
    log.info(`${shortName(existing)} already runs these images: nothing to register`)
    const registered = false
    return { service: service.name, taskDefinition: existing, digests: pinned.digests, registered }
  }
  const tags = tagsWith(newest.tags, {
    [revisionTags.project]: input.spec.project,
    [revisionTags.release]: input.release,
    [revisionTags.commit]: input.commit,
  })
  const taskDefinition = await registerTaskDefinition(clients, next, tags)
  return { service: service.name, taskDefinition, digests: pinned.digests, registered: true }
}

/** The newest or the running revision, if it is identical to `next`. */
async function findIdentical(
  clients: AwsClients,
  which: { next: TaskDefinitionDocument; newest: DescribedTaskDefinition; running: string },
): Promise<string | undefined> {
  const { next, newest, running } = which
  if (isSameDefinition(next, registrablePart(newest.document))) return newest.arn
  if (newest.arn === running) return undefined
  const current = await describeTaskDefinition(clients, running)
  const active = current.definition.status === 'ACTIVE'
  return active && isSameDefinition(next, registrablePart(current.document))
    ? current.arn
    : undefined
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
