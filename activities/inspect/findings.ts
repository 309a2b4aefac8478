import type { Service } from '@aws-sdk/client-ecs'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { RollbackTarget } from '../../rollout/deployment.ts'
import type { DeploymentInProgress } from '../../rollout/deployment-in-progress.ts'
import { hasFailed } from '../../rollout/deployment-state.ts'
import { primaryOf, type ObservedDeployment, type Observation } from '../../rollout/observation.ts'
import { movingTag } from '../image/naming.ts'
import { tooLongToShift } from './traffic-shifting.ts'
import { missingContainers, type DescribedTaskDefinition } from '../ecs/task-definitions.ts'
import { shortName } from '../../rollout/arn.ts'

/** Why a service cannot be deployed, as messages for the requester. */
export function findingsAbout(
  spec: EnvironmentSpec,
  service: ServiceSpec,
  facts: { described: Service; base: DescribedTaskDefinition },
): string[] {
  const { described, base } = facts
  const findings = [...missingContainers(service, base), ...controllerFinding(service, described)]
  const breaker = described.deploymentConfiguration?.deploymentCircuitBreaker
  const needsBreaker = service.circuitBreaker === 'required' && !isDaemon(described)
  if (needsBreaker && breaker?.enable !== true) {
    findings.push(circuitBreakerOff(spec, service))
  }
  findings.push(...tooLongToShift(spec, service, described))
  if (spec.mode === 'force') findings.push(...notOnMovingTag(service, base))
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
function notOnMovingTag(service: ServiceSpec, base: DescribedTaskDefinition): string[] {
  return (base.definition.containerDefinitions ?? []).flatMap(({ name = '', image = '' }) => {
    const imageName = service.containers[name]
    if (imageName === undefined || image.endsWith(`:${movingTag(imageName)}`)) return []
    return [
      `Mode "force" deploys tag "${movingTag(imageName)}", but container "${name}" of ${shortName(base.arn)} runs "${image}". Set "mode" to "pin" in slipway.yaml, or register a revision that runs that tag.`,
    ]
  })
}

/** What the requester should know before a release changes a service. Does not stop the release. */
export function warningsAbout(
  { ecsService }: ServiceSpec,
  observation: Observation,
  { hasSucceeded, taskDefinition }: RollbackTarget,
): string[] {
  const warnings: string[] = []
  const primary = primaryOf(observation)
  if (!hasSucceeded) {
    warnings.push(
      `No deployment of service "${ecsService}" has ever succeeded: if this release fails, there is nothing to roll back to.`,
    )
  } else if (primary !== undefined && hasFailed(observation, primary)) {
    warnings.push(
      `In service "${ecsService}", ${nameOf(primary)} failed and was not rolled back. If this release fails as well, it rolls back to ${shortName(taskDefinition)}.`,
    )
  }
  if (observation.serviceDeployments === 'unavailable') {
    warnings.push(
      `ECS returns no service deployment records for "${ecsService}", so its outcome rests on weaker evidence. Allow the worker to call ecs:ListServiceDeployments, ecs:DescribeServiceDeployments and ecs:DescribeServiceRevisions, unless the endpoint is too old to have them.`,
    )
  }
  return warnings
}

/**
 * Without a service deployment record there is nothing to stop by its ARN; the service then becomes
 * stable once the tasks of older deployments are gone.
 */
export function alreadyDeploying(
  { cluster }: EnvironmentSpec,
  { ecsService }: ServiceSpec,
  { deployment, record }: DeploymentInProgress,
): string {
  const name = deployment === undefined ? 'a deployment' : nameOf(deployment)
  const status = record === undefined ? '' : ` (${record.arn}, ${record.status})`
  const how =
    record === undefined
      ? `Wait until it has ended (aws ecs wait services-stable --cluster ${cluster} --services ${ecsService})`
      : `Wait until it has ended (aws ecs describe-service-deployments --service-deployment-arns ${record.arn}), or roll it back (aws ecs stop-service-deployment --service-deployment-arn ${record.arn} --stop-type ROLLBACK)`
  return `Service "${ecsService}" is already being deployed: ${name}${status}. ${how}, and try again.`
}

function nameOf({ id, taskDefinition }: ObservedDeployment): string {
  return `deployment ${id} of ${shortName(taskDefinition)}`
}
