import type { Service } from '@aws-sdk/client-ecs'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { ObservedDeployment, Observation } from '../../rollout/observation.ts'
import { movingTag } from '../image/naming.ts'
import { tooLongToShift } from './traffic-shifting.ts'
import { primaryOf } from '../../rollout/rollback-target.ts'
import { missingContainers, type DescribedTaskDefinition } from '../ecs/task-definitions.ts'
import { shortName } from '../../rollout/arn.ts'

/** Why a service cannot be deployed as it stands, as messages for the person who asked. */
export function findingsAbout(
  spec: EnvironmentSpec,
  service: ServiceSpec,
  facts: { described: Service; basis: DescribedTaskDefinition },
): string[] {
  const { described, basis } = facts
  const findings = [...missingContainers(service, basis), ...controllerFinding(service, described)]
  const breaker = described.deploymentConfiguration?.deploymentCircuitBreaker
  if (service.circuitBreaker === 'required' && breaker?.enable !== true) {
    findings.push(breakerIsOff(spec, service))
  }
  findings.push(...tooLongToShift(spec, service, described))
  if (spec.mode === 'force') findings.push(...notOnMovingTag(service, basis))
  return findings
}

/** ECS's own rolling deployments are the ones that this drives. */
export function controllerFinding(service: ServiceSpec, described: Service): string[] {
  const controller = described.deploymentController?.type ?? 'ECS'
  if (controller === 'ECS') return []
  return [
    `Service "${service.ecsService}" is deployed by deployment controller ${controller}; Slipway drives ECS's own. Create the service with deployment controller ECS, or deploy it with the tool that owns it.`,
  ]
}

function breakerIsOff(spec: EnvironmentSpec, service: ServiceSpec): string {
  return (
    `The deployment circuit breaker of service "${service.ecsService}" is off, so ECS would start failing tasks for ever. ` +
    `Either turn it on: aws ecs update-service --cluster ${spec.cluster} --service ${service.ecsService} --deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=true}' (and in Terraform, deployment_circuit_breaker). ` +
    `Or set "circuitBreaker: optional" for service "${service.name}" in slipway.yaml, to rely on the stability timeout alone.`
  )
}

/** A new deployment on a tag that Slipway does not move would start the old image again. */
function notOnMovingTag(service: ServiceSpec, basis: DescribedTaskDefinition): string[] {
  return (basis.definition.containerDefinitions ?? []).flatMap(({ name = '', image = '' }) => {
    const built = service.containers[name]
    if (built === undefined || image.endsWith(`:${movingTag(built)}`)) return []
    return [
      `Mode "force" deploys what tag "${movingTag(built)}" points at, but container "${name}" of ${shortName(basis.arn)} runs "${image}". Use mode "pin", or register a revision that runs that tag.`,
    ]
  })
}

/** What a person should know before a release touches a service, though it stops nothing. */
export function warningsAbout(
  { ecsService }: ServiceSpec,
  observation: Observation,
  hasSucceeded: boolean,
): string[] {
  const { desiredCount, schedulingStrategy } = observation.service
  const warnings: string[] = []
  if (!hasSucceeded) {
    warnings.push(
      `Nothing ever ran well in service "${ecsService}": if this release fails, there is nothing to go back to.`,
    )
  }
  if (observation.serviceDeployments === 'unavailable') {
    warnings.push(
      `ECS gives no service deployment records for "${ecsService}" (an older endpoint, or the worker may not call ecs:ListServiceDeployments): its outcome rests on weaker evidence.`,
    )
  }
  if (desiredCount === 0 && schedulingStrategy === 'REPLICA') {
    warnings.push(
      `The desired count of service "${ecsService}" is 0: nothing will run, so nothing can be verified.`,
    )
  }
  return warnings
}

/**
 * The deployment that is under way in a service, in words; undefined where none is. A deployment
 * that never got a task to run, with nothing else running, is no reason to wait: it may well be
 * what the release is there to mend.
 */
export function deploymentInFlight(observation: Observation): string | undefined {
  const { service, serviceDeployments } = observation
  const records = serviceDeployments === 'unavailable' ? [] : serviceDeployments
  const record = records.find(({ status }) => inFlight.has(status))
  const primary = primaryOf(observation)
  const moving = primary !== undefined && isMoving(primary, service.deployments)
  if (record === undefined && !moving) return undefined
  const failing = service.runningCount === 0 && (primary?.failedTasks ?? 0) > 0
  if (failing && service.deployments.length === 1) return undefined
  const deployment =
    primary === undefined ? '' : `deployment ${primary.id} of ${shortName(primary.taskDefinition)}`
  return record === undefined ? deployment : `${deployment} (${record.arn}, ${record.status})`
}

const inFlight: ReadonlySet<string> = new Set([
  'PENDING',
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
])

function isMoving(primary: ObservedDeployment, all: readonly ObservedDeployment[]): boolean {
  return primary.rolloutState === 'IN_PROGRESS' || (all.length > 1 && !failedOnly(all))
}

/** A failed deployment stays in the list for a while after ECS has rolled it back. */
function failedOnly(all: readonly ObservedDeployment[]): boolean {
  return all.every(
    ({ status, rolloutState, runningCount }) =>
      status === 'PRIMARY' || (rolloutState === 'FAILED' && runningCount === 0),
  )
}
