import type { DeploymentConfiguration, Service } from '@aws-sdk/client-ecs'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'

const minuteMs = 60_000

/**
 * The minimum duration of a deployment that shifts traffic, in milliseconds: ECS waits after each
 * step of the strategy but the last, and bakes at the end. 0 for a rolling deployment. Defaults as
 * in `LinearConfiguration` and `CanaryConfiguration` of the ECS API.
 */
function shiftingMs(configuration: DeploymentConfiguration | undefined): number {
  const { strategy = 'ROLLING', bakeTimeInMinutes = 0 } = configuration ?? {}
  if (strategy === 'ROLLING') return 0
  return (stepMinutes(configuration ?? {}) + bakeTimeInMinutes) * minuteMs
}

function stepMinutes({
  strategy,
  linearConfiguration: linear = {},
  canaryConfiguration: canary = {},
}: DeploymentConfiguration): number {
  if (strategy === 'CANARY') {
    const { canaryPercent = 5, canaryBakeTimeInMinutes = 10 } = canary
    return canaryPercent >= 100 ? 0 : canaryBakeTimeInMinutes
  }
  if (strategy === 'LINEAR') {
    const { stepPercent = 10, stepBakeTimeInMinutes = 6 } = linear
    return (Math.ceil(1000 / Math.round(stepPercent * 10)) - 1) * stepBakeTimeInMinutes
  }
  return 0
}

/** A deployment that cannot end within the timeout would be rolled back even if it is healthy. */
export function tooLongToShift(
  { stability }: EnvironmentSpec,
  service: ServiceSpec,
  { deploymentConfiguration }: Service,
): string[] {
  const leastMs = shiftingMs(deploymentConfiguration)
  if (leastMs < stability.timeoutMs) return []
  const least = Math.ceil(leastMs / minuteMs)
  return [
    `A ${strategyName(deploymentConfiguration)} deployment of service "${service.ecsService}" shifts its traffic and bakes for ${least} min in all, but "stability.timeout" in slipway.yaml is ${minutes(stability.timeoutMs)}: every release would be rolled back. ` +
      `Set it to more than ${least} min, so that the tasks have time to start, for instance to "${least + 15}m", or shorten the bake times in ECS.`,
  ]
}

/** Warnings about slow rollbacks, and about hooks that wait for a person. */
export function shiftingWarnings(
  { stability, rollback }: EnvironmentSpec,
  { ecsService }: ServiceSpec,
  { deploymentConfiguration }: Service,
): string[] {
  const leastMs = shiftingMs(deploymentConfiguration)
  if (deploymentConfiguration?.strategy === undefined || leastMs === 0) {
    return pauseWarnings(ecsService, deploymentConfiguration, stability.timeoutMs)
  }
  const least = Math.ceil(leastMs / minuteMs)
  const slowRollback =
    leastMs < rollback.timeoutMs
      ? []
      : [
          `Once a release is live in service "${ecsService}", its rollback is a ${strategyName(deploymentConfiguration)} deployment as well, which takes at least ${least} min: longer than "rollback.timeout", ${minutes(rollback.timeoutMs)}. Raise that in slipway.yaml, or shorten the bake times in ECS.`,
        ]
  return [
    ...slowRollback,
    ...pauseWarnings(ecsService, deploymentConfiguration, stability.timeoutMs),
  ]
}

function pauseWarnings(
  service: string,
  configuration: DeploymentConfiguration | undefined,
  timeoutMs: number,
): string[] {
  const stages = (configuration?.lifecycleHooks ?? [])
    .filter(({ targetType }) => targetType === 'PAUSE')
    .flatMap(({ lifecycleStages = [] }) => lifecycleStages)
  if (stages.length === 0) return []
  return [
    `Each deployment of service "${service}" waits for a person at ${stages.join(' and ')}. That time counts towards "stability.timeout", ${minutes(timeoutMs)}, after which the release is rolled back.`,
  ]
}

function strategyName(configuration: DeploymentConfiguration | undefined): string {
  const names = { BLUE_GREEN: 'blue/green', CANARY: 'canary', LINEAR: 'linear', ROLLING: 'rolling' }
  return names[configuration?.strategy ?? 'ROLLING']
}

function minutes(ms: number): string {
  return `${Math.round(ms / 6_000) / 10} min`
}
