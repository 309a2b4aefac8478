import { type Input, optionalObject, optionalText } from '../ecs/requests/input.ts'
import { AwsError } from '../http/types.ts'
import { optionalFlag, optionalInteger } from './input.ts'
import type { HealthCheck } from './records.ts'

/** ELBv2's default for an HTTP target group. */
export const usualHealthCheck: HealthCheck = {
  enabled: true,
  path: '/',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: '200',
}

/**
 * The health check of a request, merged into the existing one. Intervals and thresholds go down to
 * 1, lower than ELBv2 allows (5 and 2), so that a stack on one machine need not wait.
 */
export function healthCheckAfter(input: Input, before: HealthCheck): HealthCheck {
  const path = optionalText(input, 'HealthCheckPath') ?? before.path
  if (!path.startsWith('/')) {
    throw new AwsError('ValidationError', `Health check path '${path}' must begin with a '/'`)
  }
  const port = optionalText(input, 'HealthCheckPort') ?? 'traffic-port'
  if (port !== 'traffic-port') {
    throw new AwsError(
      'ValidationError',
      `The simulator models health checks only on the traffic port, not on '${port}'`,
    )
  }
  const check: HealthCheck = {
    enabled: optionalFlag(input, 'HealthCheckEnabled') ?? before.enabled,
    path,
    intervalSeconds:
      optionalInteger(input, 'HealthCheckIntervalSeconds', [1, 300]) ?? before.intervalSeconds,
    timeoutSeconds:
      optionalInteger(input, 'HealthCheckTimeoutSeconds', [1, 120]) ?? before.timeoutSeconds,
    healthyThreshold:
      optionalInteger(input, 'HealthyThresholdCount', [1, 10]) ?? before.healthyThreshold,
    unhealthyThreshold:
      optionalInteger(input, 'UnhealthyThresholdCount', [1, 10]) ?? before.unhealthyThreshold,
    matcher: matcherAfter(input) ?? before.matcher,
  }
  return check
}

function matcherAfter(input: Input): string | undefined {
  const matcher = optionalObject(input, 'Matcher')
  const codes = matcher && optionalText(matcher, 'HttpCode')
  if (codes !== undefined && !/^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/.test(codes)) {
    throw new AwsError(
      'ValidationError',
      `Health check matcher HTTP code '${codes}' must be like 200, 200,202 or 200-299`,
    )
  }
  return codes
}
