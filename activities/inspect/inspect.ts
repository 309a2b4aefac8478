import type { Service } from '@aws-sdk/client-ecs'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure, rejection } from '../temporal/failures.ts'
import { controllerFinding, deploymentInFlight, findingsAbout, warningsAbout } from './findings.ts'
import { findRepository, missingRepository } from '../image/ecr.ts'
import { observe } from '../ecs/observe.ts'
import { locationOf } from '../aws/location.ts'
import { describeServices } from '../ecs/services.ts'
import { shiftingWarnings } from './traffic-shifting.ts'
import { immutableInForceMode } from '../image/point-tag.ts'
import { describeTaskDefinition, type DescribedTaskDefinition } from '../ecs/task-definitions.ts'
import { familyOf } from '../../rollout/arn.ts'
import type { InspectedService, Inspection } from '../../contract/activity-types.ts'
import { runningNow, rollbackTargetOf } from '../../rollout/rollback-target.ts'

/**
 * Reads what the release is about to change, and refuses what would fail later, all of it in one
 * message. Changes nothing.
 *
 * Fails as `PreconditionFailed` where the environment is not as the configuration says, and as `Conflict`
 * where somebody else's deployment is under way.
 */
export async function inspectEnvironment(
  clients: AwsClients,
  { spec }: { spec: EnvironmentSpec },
): Promise<Inspection> {
  const { services, warnings, findings, conflicts } = await examine(clients, spec)
  if (findings.length > 0) throw rejection(findings)
  if (conflicts.length > 0) throw failure('Conflict', conflicts.join('\n'))
  return { services: services.map(({ inspected }) => inspected), warnings }
}

export interface Examined {
  readonly services: readonly ExaminedService[]
  readonly warnings: readonly string[]
  /** Must be mended before anything can be released. */
  readonly findings: readonly string[]
  /** Must end before anything can be released. */
  readonly conflicts: readonly string[]
}

export interface ExaminedService {
  readonly service: ServiceSpec
  readonly inspected: InspectedService
  /** What a new revision is cloned from. */
  readonly basis: DescribedTaskDefinition
}

/** The same without refusing anything. */
export async function examine(clients: AwsClients, spec: EnvironmentSpec): Promise<Examined> {
  const names = spec.services.map(({ ecsService }) => ecsService)
  const found = await describeServices(clients, spec.cluster, names)
  const looked = await Promise.all([
    ...spec.services.map((service) =>
      examineService(clients, { spec, service, described: found.get(service.ecsService) }),
    ),
    ...spec.images.map((image) => examineRepository(clients, spec, image)),
  ])
  const warnings = looked.flatMap((one) => one.warnings)
  return {
    services: looked.flatMap((one) => one.service ?? []),
    warnings: spec.mode === 'force' ? [costOfForce, ...warnings] : warnings,
    findings: looked.flatMap((one) => one.findings),
    conflicts: looked.flatMap((one) => one.conflicts),
  }
}

const costOfForce =
  'Mode "force" deploys a moving tag: until the tag is moved back, a rollback and every task that ECS replaces run the newest image. Mode "pin" has no such gap.'

interface Look {
  readonly service?: ExaminedService
  readonly warnings: readonly string[]
  readonly findings: readonly string[]
  readonly conflicts: readonly string[]
}

const nothing: Look = { warnings: [], findings: [], conflicts: [] }

async function examineService(
  clients: AwsClients,
  which: { spec: EnvironmentSpec; service: ServiceSpec; described: Service | undefined },
): Promise<Look> {
  const { spec, service, described } = which
  if (described?.status !== 'ACTIVE') {
    return { ...nothing, findings: [await notThere(clients, which)] }
  }
  if (described.taskDefinition === undefined) {
    // Task sets, which other deployment controllers use, have one each.
    return { ...nothing, findings: controllerFinding(service, described) }
  }
  const [observation, basis] = await Promise.all([
    observe(clients, { cluster: spec.cluster, service: service.ecsService }),
    describeTaskDefinition(
      clients,
      spec.mode === 'force' ? described.taskDefinition : familyOf(described.taskDefinition),
    ),
  ])
  const rollbackTarget = rollbackTargetOf(observation)
  const inFlight = deploymentInFlight(observation)
  const conflicts =
    inFlight === undefined
      ? []
      : [
          `Service "${service.ecsService}" is being deployed already: ${inFlight}. Wait until it has ended ("aws ecs wait services-stable --cluster ${spec.cluster} --services ${service.ecsService}"), or stop it, and ask again.`,
        ]
  return {
    service: {
      service,
      inspected: {
        name: service.name,
        now: runningNow(observation),
        rollbackTarget,
        desiredCount: observation.service.desiredCount,
      },
      basis,
    },
    warnings: [
      ...warningsAbout(service, observation, rollbackTarget.hasSucceeded),
      ...shiftingWarnings(spec, service, described),
    ],
    findings: findingsAbout(spec, service, { described, basis }),
    conflicts,
  }
}

async function notThere(
  clients: AwsClients,
  which: { spec: EnvironmentSpec; service: ServiceSpec; described: Service | undefined },
): Promise<string> {
  const { spec, service, described } = which
  const where = `in cluster "${spec.cluster}" (${await locationOf(clients)})`
  return described === undefined
    ? `There is no service "${service.ecsService}" ${where}. Create it, or correct "service" of "${service.name}" in slipway.yaml.`
    : `Service "${service.ecsService}" ${where} is ${described.status ?? 'of unknown status'}, not ACTIVE. Create it anew, or correct "service" of "${service.name}" in slipway.yaml.`
}

async function examineRepository(
  clients: AwsClients,
  spec: EnvironmentSpec,
  image: EnvironmentSpec['images'][number],
): Promise<Look> {
  const repository = await findRepository(clients, image.repository)
  if (repository?.repositoryUri === undefined) {
    return { ...nothing, findings: [missingRepository(image, await locationOf(clients))] }
  }
  const immutable = repository.imageTagMutability === 'IMMUTABLE'
  if (spec.mode === 'force' && immutable) {
    return { ...nothing, findings: [immutableInForceMode(image)] }
  }
  return nothing
}
