import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'

/**
 * How many failures trip the circuit breaker: by default half of the desired count rounded up, at
 * least 3 and at most 200 (`ThresholdConfiguration` in the ECS API).
 */
export function thresholdOf(configuration: DeploymentConfiguration, desired: number): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } =
    configuration.deploymentCircuitBreaker?.thresholdConfiguration ?? {}
  if (type === 'COUNT') return value
  const share = Math.ceil((value / 100) * desired)
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share))
}
