import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { AwsError } from '../../http/types.ts'
import {
  onlyFields,
  optionalFlag,
  optionalInteger,
  optionalObject,
  optionalWord,
  textList,
  type Input,
} from '../requests/input.ts'
import { strategyAfter } from './strategy-input.ts'

const known = [
  'deploymentCircuitBreaker',
  'maximumPercent',
  'minimumHealthyPercent',
  'strategy',
  'alarms',
  'earlySuccessCriteria',
  'bakeTimeInMinutes',
  'lifecycleHooks',
  'linearConfiguration',
  'canaryConfiguration',
]

const breakerOff = { enable: false, rollback: false }

/**
 * The deployment configuration of a request, merged into the existing one.
 *
 * @throws InvalidParameterException for percentages that would block every deployment.
 * @throws UnsupportedFeatureException for fields that the simulator does not model.
 */
export function deploymentConfiguration(
  input: Input,
  before: DeploymentConfiguration,
): DeploymentConfiguration {
  const given = optionalObject(input, 'deploymentConfiguration')
  if (given === undefined) return before
  onlyFields(given, 'deploymentConfiguration', known)
  const breaker = optionalObject(given, 'deploymentCircuitBreaker')
  const merged: DeploymentConfiguration = {
    ...before,
    ...strategyAfter(given, before),
    maximumPercent: optionalInteger(given, 'maximumPercent') ?? before.maximumPercent,
    minimumHealthyPercent:
      optionalInteger(given, 'minimumHealthyPercent') ?? before.minimumHealthyPercent,
    deploymentCircuitBreaker:
      breaker === undefined
        ? (before.deploymentCircuitBreaker ?? breakerOff)
        : circuitBreaker(breaker),
    alarms: alarmsAfter(given) ?? before.alarms,
    earlySuccessCriteria: earlySuccessAfter(given) ?? before.earlySuccessCriteria,
  }
  if ((merged.maximumPercent ?? 200) <= 100 && (merged.minimumHealthyPercent ?? 100) >= 100) {
    throw new AwsError(
      'InvalidParameterException',
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    )
  }
  const { enable, healthyPercent = 0 } = merged.earlySuccessCriteria ?? {}
  if (enable === true && merged.strategy !== 'ROLLING') {
    throw new AwsError(
      'InvalidParameterException',
      'You can use early success criteria only with rolling deployment strategy.',
    )
  }
  if (enable === true && healthyPercent < (merged.minimumHealthyPercent ?? 100)) {
    throw new AwsError(
      'InvalidParameterException',
      `healthyPercent is ${healthyPercent}, but must be at least the minimumHealthyPercent, ${merged.minimumHealthyPercent ?? 100}.`,
    )
  }
  return merged
}

/** For a service that is created without a `deploymentConfiguration`. */
export const usualDeploymentConfiguration: DeploymentConfiguration = {
  deploymentCircuitBreaker: breakerOff,
  maximumPercent: 200,
  minimumHealthyPercent: 100,
  strategy: 'ROLLING',
  bakeTimeInMinutes: 0,
}

function circuitBreaker(
  breaker: Input,
): NonNullable<DeploymentConfiguration['deploymentCircuitBreaker']> {
  const threshold = optionalObject(breaker, 'thresholdConfiguration')
  const resetOnHealthyTask = optionalFlag(breaker, 'resetOnHealthyTask')
  return {
    enable: optionalFlag(breaker, 'enable') ?? false,
    rollback: optionalFlag(breaker, 'rollback') ?? false,
    ...(resetOnHealthyTask !== undefined && { resetOnHealthyTask }),
    ...(threshold && {
      thresholdConfiguration: {
        type: optionalWord(threshold, 'type', ['BOUNDED_PERCENT', 'UNBOUNDED_PERCENT', 'COUNT']),
        value: optionalInteger(threshold, 'value', { min: 1 }),
      },
    }),
  }
}

function alarmsAfter(given: Input): DeploymentConfiguration['alarms'] {
  const alarms = optionalObject(given, 'alarms')
  return (
    alarms && {
      alarmNames: textList(alarms, 'alarmNames'),
      enable: optionalFlag(alarms, 'enable') ?? false,
      rollback: optionalFlag(alarms, 'rollback') ?? false,
    }
  )
}

/** Enabled criteria must have `healthyPercent` and `sourceServiceRevisionCleanup`. */
function earlySuccessAfter(given: Input): DeploymentConfiguration['earlySuccessCriteria'] {
  const early = optionalObject(given, 'earlySuccessCriteria')
  if (early === undefined) return undefined
  const enable = optionalFlag(early, 'enable') ?? false
  const healthyPercent = optionalInteger(early, 'healthyPercent', { max: 100 })
  const cleanup = optionalWord(early, 'sourceServiceRevisionCleanup', ['BLOCKING', 'DEFERRED'])
  if (enable && (healthyPercent === undefined || cleanup === undefined)) {
    throw new AwsError(
      'InvalidParameterException',
      'earlySuccessCriteria needs healthyPercent and sourceServiceRevisionCleanup.',
    )
  }
  return {
    enable,
    ...(healthyPercent !== undefined && { healthyPercent }),
    ...(cleanup !== undefined && { sourceServiceRevisionCleanup: cleanup }),
  }
}
