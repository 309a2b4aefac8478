import type { Service } from '@aws-sdk/client-ecs'
import { ApplicationFailure } from '@temporalio/common'
import type { EnvironmentSpec, ImageSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import type { ReleaseKind } from '../../contract/release-reference.ts'
import type { InspectedService } from '../../contract/activity-types.ts'
import { deploymentInProgress } from '../../rollout/deployment-in-progress.ts'
import { isCompleted } from '../../rollout/deployment-state.ts'
import { primaryOf } from '../../rollout/observation.ts'
import { rollbackTargetOf, runningNow } from '../../rollout/rollback-target.ts'
import type { AwsClients } from '../aws/clients.ts'
import { locationOf } from '../aws/location.ts'
import { observe } from '../ecs/observe.ts'
import { describeServices } from '../ecs/services.ts'
import { describeTaskDefinition, type DescribedTaskDefinition } from '../ecs/task-definitions.ts'
import { containerImages } from '../image/container-images.ts'
import { findRepository, missingRepository } from '../image/ecr.ts'
import { asPinned } from '../image/image-digests.ts'
import { immutableInForceMode } from '../image/point-tag.ts'
import { definitionMisfits } from '../platform/definition-misfits.ts'
import { requiredPlatform } from '../platform/required-platform.ts'
import { baseOf, findBase, type RevisionBase } from '../revisions/base.ts'
import { baseFindings, baseWarnings } from './base-findings.ts'
import { alreadyDeploying, controllerFinding, findingsAbout, warningsAbout } from './findings.ts'
import { shiftingWarnings } from './traffic-shifting.ts'

interface Reported {
  readonly warnings: readonly string[]
  /** Must be fixed before anything can be released. */
  readonly findings: readonly string[]
  /** Must end before anything can be released. */
  readonly conflicts: readonly string[]
}

export interface ExaminedEnvironment extends Reported {
  readonly services: readonly ExaminedService[]
}

export interface ExaminedService {
  readonly service: ServiceSpec
  readonly inspected: InspectedService
  /** The revision that a new one is cloned from. */
  readonly base: DescribedTaskDefinition
}

/**
 * Reads everything that a release of this kind is about to change, and collects what would make it
 * fail.
 */
export async function examineEnvironment(
  clients: AwsClients,
  spec: EnvironmentSpec,
  kind: ReleaseKind,
): Promise<ExaminedEnvironment> {
  const names = spec.services.map(({ ecsService }) => ecsService)
  const described = await describeServices(clients, spec.cluster, names)
  const parts = await Promise.all([
    ...spec.services.map((service) =>
      examineService(clients, {
        spec,
        service,
        described: described.get(service.ecsService),
        kind,
      }),
    ),
    ...spec.images.map((image) => examineRepository(clients, spec, image)),
  ])
  const warnings = parts.flatMap((part) => part.warnings)
  return {
    services: parts.flatMap((part) => part.service ?? []),
    warnings: spec.mode === 'force' ? [forceModeWarning, ...warnings] : warnings,
    findings: parts.flatMap((part) => part.findings),
    conflicts: parts.flatMap((part) => part.conflicts),
  }
}

const forceModeWarning =
  'Mode "force" deploys a moving tag: until the tag is moved back, a rollback and every task that ECS replaces run the newest image. Mode "pin" has no such gap.'

interface ExaminedPart extends Reported {
  readonly service?: ExaminedService
}

const nothingFound: Reported = { warnings: [], findings: [], conflicts: [] }

interface ServiceToExamine {
  readonly spec: EnvironmentSpec
  readonly service: ServiceSpec
  readonly described: Service | undefined
  readonly kind: ReleaseKind
}

async function examineService(clients: AwsClients, which: ServiceToExamine): Promise<ExaminedPart> {
  const { spec, service, described, kind } = which
  if (described?.status !== 'ACTIVE') {
    return { ...nothingFound, findings: [await notActive(clients, which)] }
  }
  if (described.taskDefinition === undefined) {
    // Under other deployment controllers, each task set has a task definition of its own.
    return { ...nothingFound, findings: controllerFinding(service, described) }
  }
  const read = await observe(clients, {
    cluster: spec.cluster,
    service: service.ecsService,
  }).catch(asFinding)
  if (typeof read === 'string') {
    const finding = `Service "${service.ecsService}" in cluster "${spec.cluster}": ${read}`
    return { ...nothingFound, findings: [finding] }
  }
  const observation = read
  const [now, rollbackTarget] = await Promise.all([
    asPinned(clients, { spec, service, observation }, runningNow),
    asPinned(clients, { spec, service, observation }, rollbackTargetOf),
  ])
  const found = await revisionBase(clients, which, rollbackTarget.taskDefinition)
  const base = baseOf(found, service)
  const platform = requiredPlatform(described, base.definition)
  const inProgress = deploymentInProgress(observation)
  const primary = primaryOf(observation)
  return {
    service: {
      service,
      inspected: {
        name: service.name,
        now,
        rollbackTarget,
        desiredCount: observation.service.desiredCount,
        ...(platform === undefined ? {} : { platform }),
        ...(primary === undefined || isCompleted(primary) ? {} : { needsDeployment: true }),
      },
      base,
    },
    warnings: [
      ...warningsAbout(service, observation, rollbackTarget),
      ...shiftingWarnings(spec, service, described),
      ...baseWarnings(spec, service, found),
    ],
    findings: [
      ...findingsAbout(spec, service, { described, base }),
      ...baseFindings(service, found),
      ...(kind === 'redeploy' ? await wrongPlatforms(clients, which, base) : []),
    ],
    conflicts: inProgress === undefined ? [] : [alreadyDeploying(spec, service, inProgress)],
  }
}

/** Only of what runs now: a new image is checked when it is found or built. */
async function wrongPlatforms(
  clients: AwsClients,
  { spec, service, described }: ServiceToExamine,
  { definition }: DescribedTaskDefinition,
): Promise<readonly string[]> {
  const images = await containerImages(clients, { spec, service, definition })
  return await definitionMisfits(
    clients,
    { service: described, definition, images },
    (needed) =>
      `Deploy a commit, which builds its images for ${needed}: slipway deploy ${spec.environment}`,
  )
}

/** Of a deploy, what its new revision is cloned from; else what serves. */
async function revisionBase(
  clients: AwsClients,
  { spec, service, described, kind }: ServiceToExamine,
  serving: string,
): Promise<RevisionBase> {
  const current = described?.taskDefinition ?? serving
  const running = spec.mode === 'force' || serving === '' ? current : serving
  return spec.mode === 'force' || kind !== 'deploy'
    ? { running: await describeTaskDefinition(clients, running) }
    : await findBase(clients, { spec, service, running })
}

/** What must be fixed before the service can be read, such as a target group that is gone. */
function asFinding(error: unknown): string {
  if (error instanceof ApplicationFailure && error.type === 'PreconditionFailed') {
    return error.message
  }
  throw error
}

async function notActive(
  clients: AwsClients,
  { spec, service, described }: ServiceToExamine,
): Promise<string> {
  const where = `in cluster "${spec.cluster}" (${await locationOf(clients)})`
  return described === undefined
    ? `There is no service "${service.ecsService}" ${where}. Create it, or correct "service" of "${service.name}" in slipway.yaml.`
    : `Service "${service.ecsService}" ${where} is ${described.status ?? 'of unknown status'}, not ACTIVE. Create it again, or correct "service" of "${service.name}" in slipway.yaml.`
}

async function examineRepository(
  clients: AwsClients,
  spec: EnvironmentSpec,
  image: ImageSpec,
): Promise<ExaminedPart> {
  const repository = await findRepository(clients, image.repository)
  if (repository?.repositoryUri === undefined) {
    return { ...nothingFound, findings: [await missingRepository(clients, image)] }
  }
  const immutable = repository.imageTagMutability === 'IMMUTABLE'
  if (spec.mode === 'force' && immutable) {
    return { ...nothingFound, findings: [immutableInForceMode(image)] }
  }
  return nothingFound
}
