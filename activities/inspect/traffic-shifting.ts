import type { DeploymentConfiguration, Service } from '@aws-sdk/client-ecs'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'

const minuteMs = 60_000

/**
 * How long a deployment takes at least that shifts traffic, in milliseconds, however well it goes:
 * ECS watches after each step of the strategy but the last, and bakes at the end. 0 for a rolling
 * deployment. Defaults as in `LinearConfiguration` and `CanaryConfiguration` of the ECS API.
 */
export function shiftingMs(configuration: DeploymentConfiguration | undefined): number {
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

/** A deployment that could not end in time would be taken back however good it is. */
export function tooLongToShift(
  { stability }: EnvironmentSpec,
  service: ServiceSpec,
  { deploymentConfiguration }: Service,
): string[] {
  const leastMs = shiftingMs(deploymentConfiguration)
  if (leastMs < stability.timeoutMs) return []
  const least = Math.ceil(leastMs / minuteMs)
  return [
    `A ${nameOf(deploymentConfiguration)} deployment of service "${service.ecsService}" watches its traffic for ${least} min in all, but "stability.timeout" in slipway.yaml is ${minutes(stability.timeoutMs)}: every release would be taken back. ` +
      `Set it to what the tasks take beyond those ${least} min, for instance "${least + 15}m", or let ECS bake for less.`,
  ]
}

/** What a person should know of a service that takes its time, or that asks somebody. */
export function shiftingWarnings(
  { stability, rollback }: EnvironmentSpec,
  { ecsService }: ServiceSpec,
  { deploymentConfiguration }: Service,
): string[] {
  const leastMs = shiftingMs(deploymentConfiguration)
  if (deploymentConfiguration?.strategy === undefined || leastMs === 0) {
    return pauses(ecsService, deploymentConfiguration, stability.timeoutMs)
  }
  const least = Math.ceil(leastMs / minuteMs)
  const slowBack =
    leastMs < rollback.timeoutMs
      ? []
      : [
          `Once a release is live in service "${ecsService}", the way back is a ${nameOf(deploymentConfiguration)} deployment as well, of ${least} min at least: longer than "rollback.timeout", ${minutes(rollback.timeoutMs)}.`,
        ]
  return [...slowBack, ...pauses(ecsService, deploymentConfiguration, stability.timeoutMs)]
}

function pauses(
  service: string,
  configuration: DeploymentConfiguration | undefined,
  timeoutMs: number,
): string[] {
  const stages = (configuration?.lifecycleHooks ?? [])
    .filter(({ targetType }) => targetType === 'PAUSE')
    .flatMap(({ lifecycleStages = [] }) => lifecycleStages)
  if (stages.length === 0) return []
  return [
    `Each deployment of service "${service}" waits for a person at ${stages.join(' and ')}; that is part of "stability.timeout", ${minutes(timeoutMs)}, after which the release is taken back.`,
  ]
}

function nameOf(configuration: DeploymentConfiguration | undefined): string {
  const names = { BLUE_GREEN: 'blue/green', CANARY: 'canary', LINEAR: 'linear', ROLLING: 'rolling' }
  return names[configuration?.strategy ?? 'ROLLING']
}

function minutes(ms: number): string {
  return `${Math.round(ms / 6_000) / 10} min`
}
