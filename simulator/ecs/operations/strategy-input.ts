import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { AwsError } from '../../http/types.ts'
import { optionalInteger, optionalObject, optionalWord, type Input } from '../requests/input.ts'
import { lifecycleHooks } from './hook-input.ts'

type Strategy = Pick<
  DeploymentConfiguration,
  | 'strategy'
  | 'bakeTimeInMinutes'
  | 'lifecycleHooks'
  | 'linearConfiguration'
  | 'canaryConfiguration'
>

/** One day, ECS's longest bake time. */
const longestMinutes = 1440

/**
 * The strategy of a request, merged into the existing one. Defaults and bounds are those of
 * `LinearConfiguration` and `CanaryConfiguration` in the ECS API. A rolling deployment shifts no
 * traffic, so changing to it drops the settings of the previous strategy.
 *
 * @throws InvalidParameterException for invalid values, and for settings of another strategy.
 * @throws UnsupportedFeatureException for hooks and bake time of a rolling deployment.
 */
export function strategyAfter(given: Input, before: DeploymentConfiguration): Strategy {
  const strategy =
    optionalWord(given, 'strategy', ['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY']) ??
    before.strategy ??
    'ROLLING'
  const bakeTimeInMinutes = optionalInteger(given, 'bakeTimeInMinutes', { max: longestMinutes })
  const linear = optionalObject(given, 'linearConfiguration')
  const canary = optionalObject(given, 'canaryConfiguration')
  rejectOtherStrategies(strategy, 'LINEAR', linear && 'linearConfiguration')
  rejectOtherStrategies(strategy, 'CANARY', canary && 'canaryConfiguration')
  const hooks = given['lifecycleHooks'] === undefined ? undefined : lifecycleHooks(given)
  if (strategy === 'ROLLING') {
    rejectInRolling('bakeTimeInMinutes', bakeTimeInMinutes ?? 0)
    rejectInRolling('lifecycleHooks', hooks?.length ?? 0)
    return { strategy, bakeTimeInMinutes: 0, ...none }
  }
  return {
    ...none,
    strategy,
    bakeTimeInMinutes: bakeTimeInMinutes ?? before.bakeTimeInMinutes ?? 0,
    lifecycleHooks: hooks ?? before.lifecycleHooks ?? [],
    ...(strategy === 'LINEAR' && {
      linearConfiguration: linearAfter(linear ?? {}, before.linearConfiguration),
    }),
    ...(strategy === 'CANARY' && {
      canaryConfiguration: canaryAfter(canary ?? {}, before.canaryConfiguration),
    }),
  }
}

const none = {
  lifecycleHooks: undefined,
  linearConfiguration: undefined,
  canaryConfiguration: undefined,
}

function linearAfter(
  given: Input,
  before: DeploymentConfiguration['linearConfiguration'],
): DeploymentConfiguration['linearConfiguration'] {
  return {
    stepPercent: percent(given, 'stepPercent', 3) ?? before?.stepPercent ?? 10,
    stepBakeTimeInMinutes:
      optionalInteger(given, 'stepBakeTimeInMinutes', { max: longestMinutes }) ??
      before?.stepBakeTimeInMinutes ??
      6,
  }
}

function canaryAfter(
  given: Input,
  before: DeploymentConfiguration['canaryConfiguration'],
): DeploymentConfiguration['canaryConfiguration'] {
  return {
    canaryPercent: percent(given, 'canaryPercent', 0.1) ?? before?.canaryPercent ?? 5,
    canaryBakeTimeInMinutes:
      optionalInteger(given, 'canaryBakeTimeInMinutes', { max: longestMinutes }) ??
      before?.canaryBakeTimeInMinutes ??
      10,
  }
}

/** A multiple of 0.1, from `least` to 100. */
function percent(given: Input, field: string, least: number): number | undefined {
  const value = given[field]
  if (value === undefined || value === null) return undefined
  const tenths = typeof value === 'number' ? value * 10 : NaN
  const isMultiple = Math.abs(tenths - Math.round(tenths)) < 1e-6
  if (!isMultiple || tenths < least * 10 - 1e-6 || tenths > 1000) {
    throw new AwsError(
      'InvalidParameterException',
      `${field} must be a multiple of 0.1 from ${least} to 100, but is ${JSON.stringify(value)}.`,
    )
  }
  return Math.round(tenths) / 10
}

function rejectOtherStrategies(strategy: string, owner: string, field: string | undefined): void {
  if (field === undefined || strategy === owner) return
  throw new AwsError(
    'InvalidParameterException',
    `${field} is valid only with strategy ${owner}, not with ${strategy}.`,
  )
}

function rejectInRolling(field: string, value: number): void {
  if (value === 0) return
  throw new AwsError(
    'UnsupportedFeatureException',
    `The simulator does not model ${field} in a rolling deployment. Leave it out, or try this on AWS.`,
  )
}
