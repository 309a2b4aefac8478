import type { Service } from '@aws-sdk/client-ecs'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { Observation } from '../../rollout/observation.ts'
import { movingTag } from '../image/naming.ts'
import { tooLongToShift } from './traffic-shifting.ts'
import { missingContainers, type DescribedTaskDefinition } from '../ecs/task-definitions.ts'
import { shortName } from '../../rollout/arn.ts'

/** Why a service cannot be deployed, as messages for the requester. */
export function findingsAbout(
  spec: EnvironmentSpec,
  service: ServiceSpec,
  facts: { described: Service; basis: DescribedTaskDefinition },
): string[] {
  const { described, basis } = facts
  const findings = [...missingContainers(service, basis), ...controllerFinding(service, described)]
  const breaker = described.deploymentConfiguration?.deploymentCircuitBreaker
  const needsBreaker = service.circuitBreaker === 'required' && !isDaemon(described)
  if (needsBreaker && breaker?.enable !== true) {
    findings.push(circuitBreakerOff(spec, service))
  }
  findings.push(...tooLongToShift(spec, service, described))
  if (spec.mode === 'force') findings.push(...notOnMovingTag(service, basis))
  return findings
}

/**
 * ECS's circuit breaker counts failures against the desired count, which a daemon does not have
 * (aws/aws-cdk#38102): nobody could turn it on. The stability timeout decides alone.
 */
function isDaemon({ schedulingStrategy }: Pick<Service, 'schedulingStrategy'>): boolean {
  return schedulingStrategy === 'DAEMON'
}

/** Slipway only drives deployments of ECS's own deployment controller. */
export function controllerFinding(service: ServiceSpec, described: Service): string[] {
  const controller = described.deploymentController?.type ?? 'ECS'
  if (controller === 'ECS') return []
  return [
    `Service "${service.ecsService}" has deployment controller ${controller}, but Slipway needs ECS. Create the service again with deployment controller ECS, or deploy it with the tool that owns it.`,
  ]
}

function circuitBreakerOff(spec: EnvironmentSpec, service: ServiceSpec): string {
  return (
    `The deployment circuit breaker of service "${service.ecsService}" is off, so ECS would restart failing tasks forever. ` +
    `Either turn it on: aws ecs update-service --cluster ${spec.cluster} --service ${service.ecsService} --deployment-configuration 'deploymentCircuitBreaker={enable=true,rollback=true}' (and in Terraform, deployment_circuit_breaker). ` +
    `Or set "circuitBreaker: optional" for service "${service.name}" in slipway.yaml to rely on the stability timeout alone.`
  )
}

/** A new deployment of a tag that Slipway does not move would start the old image again. */
function notOnMovingTag(service: ServiceSpec, basis: DescribedTaskDefinition): string[] {
  return (basis.definition.containerDefinitions ?? []).flatMap(({ name = '', image = '' }) => {
    const imageName = service.containers[name]
    if (imageName === undefined || image.endsWith(`:${movingTag(imageName)}`)) return []
    return [
      `Mode "force" deploys tag "${movingTag(imageName)}", but container "${name}" of ${shortName(basis.arn)} runs "${image}". Set "mode" to "pin" in slipway.yaml, or register a revision that runs that tag.`,
    ]
  })
}

/** What the requester should know before a release changes a service. Does not stop the release. */
export function warningsAbout(
  { ecsService }: ServiceSpec,
  observation: Observation,
  hasSucceeded: boolean,
): string[] {
  const { desiredCount, schedulingStrategy } = observation.service
  const warnings: string[] = []
  if (!hasSucceeded) {
    warnings.push(
      `No deployment of service "${ecsService}" has ever succeeded: if this release fails, there is nothing to roll back to.`,
    )
  }
  if (observation.serviceDeployments === 'unavailable') {
    warnings.push(
      `ECS returns no service deployment records for "${ecsService}", so its outcome rests on weaker evidence. Allow the worker to call ecs:ListServiceDeployments, unless the endpoint is too old to have it.`,
    )
  }
  if (desiredCount === 0 && schedulingStrategy === 'REPLICA') {
    warnings.push(
      `The desired count of service "${ecsService}" is 0: no task will run, so nothing can be verified.`,
    )
  }
  return warnings
}
