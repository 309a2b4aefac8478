import type { Service } from '@aws-sdk/client-ecs'
import type { ServiceTarget, Target } from '../config/target.ts'
import type { ObservedDeployment, Observation } from '../rollout/observation.ts'
import { movingTag } from './images.ts'
import { missingContainers, shortName, type DescribedTaskDefinition } from './task-definitions.ts'

/** Why a service cannot be deployed as it stands, as messages for the person who asked. */
export function findingsAbout(
  target: Target,
  service: ServiceTarget,
  facts: { described: Service; basis: DescribedTaskDefinition },
): string[] {
  const { described, basis } = facts
  const controller = described.deploymentController?.type ?? 'ECS'
  const findings = missingContainers(service, basis)
  if (controller !== 'ECS') {
    findings.push(
      `Service "${service.service}" is deployed by deployment controller ${controller}; Slipway drives ECS's own. Create the service with deployment controller ECS, or deploy it with the tool that owns it.`,
    )
  }
  const breaker = described.deploymentConfiguration?.deploymentCircuitBreaker
  if (service.circuitBreaker === 'required' && breaker?.enable !== true) {
    findings.push(breakerIsOff(target, service))
  }
  if (target.mode === 'force') findings.push(...notOnMovingTag(service, basis))
  return findings
}

function breakerIsOff(target: Target, service: ServiceTarget): string {
  return (
    `The deployment circuit breaker of service "${service.service}" is off, so ECS would start failing tasks for ever. ` +
    `Either turn it on: aws ecs update-service --cluster ${target.cluster} --service ${service.service} --deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=true}' (and in Terraform, deployment_circuit_breaker). ` +
    `Or set "circuitBreaker: optional" for service "${service.name}" in slipway.yaml, to rely on the stability timeout alone.`
  )
}

/** A new deployment on a tag that Slipway does not move would start the old image again. */
function notOnMovingTag(service: ServiceTarget, basis: DescribedTaskDefinition): string[] {
  return (basis.definition.containerDefinitions ?? []).flatMap(({ name = '', image = '' }) => {
    const built = service.containers[name]
    if (built === undefined || image.endsWith(`:${movingTag(built)}`)) return []
    return [
      `Mode "force" deploys what tag "${movingTag(built)}" points at, but container "${name}" of ${shortName(basis.arn)} runs "${image}". Use mode "pin", or register a revision that runs that tag.`,
    ]
  })
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
  const moving = service.deployments.find((one) => isMoving(one, service.deployments))
  if (moving === undefined) return undefined
  const stuck = service.runningCount === 0 && moving.failedTasks > 0
  if (stuck && service.deployments.length === 1) return undefined
  const which = record === undefined ? '' : ` (${record.arn}, ${record.status})`
  return `deployment ${moving.id} of ${shortName(moving.taskDefinition)}${which}`
}

const inFlight: ReadonlySet<string> = new Set([
  'PENDING',
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
])

function isMoving(deployment: ObservedDeployment, all: readonly ObservedDeployment[]): boolean {
  if (deployment.status === 'PRIMARY') {
    return deployment.rolloutState === 'IN_PROGRESS' || (all.length > 1 && !failedOnly(all))
  }
  return false
}

/** A failed deployment stays in the list for a while after ECS has rolled it back. */
function failedOnly(all: readonly ObservedDeployment[]): boolean {
  return all.every(
    ({ status, rolloutState, runningCount }) =>
      status === 'PRIMARY' || (rolloutState === 'FAILED' && runningCount === 0),
  )
}
