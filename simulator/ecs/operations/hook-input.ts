import type { DeploymentLifecycleHook } from '@aws-sdk/client-ecs'
import { AwsError } from '../../http/types.ts'
import {
  objectList,
  optionalInteger,
  optionalObject,
  optionalWord,
  text,
  textList,
  type Input,
} from '../requests/input.ts'

const stages = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
] as const

const forLambdaOnly: ReadonlySet<string> = new Set([
  'TEST_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
])

/** Longest timeout in minutes, and most hooks of a type: ECS developer guide, "Pause hooks". */
const longest = { AWS_LAMBDA: 1440, PAUSE: 20_160 } as const
const mostOfAKind = 10

/**
 * The lifecycle hooks of a request.
 *
 * @throws InvalidParameterException for a hook that ECS could not run.
 */
export function lifecycleHooks(given: Input): DeploymentLifecycleHook[] {
  const hooks = objectList(given, 'lifecycleHooks').map(hookIn)
  for (const type of ['AWS_LAMBDA', 'PAUSE'] as const) {
    const { length } = hooks.filter(({ targetType }) => targetType === type)
    if (length > mostOfAKind) {
      throw invalid(`A service can have at most ${mostOfAKind} ${type} hooks, not ${length}.`)
    }
  }
  return hooks
}

function hookIn(given: Input): DeploymentLifecycleHook {
  const targetType = optionalWord(given, 'targetType', ['AWS_LAMBDA', 'PAUSE']) ?? 'AWS_LAMBDA'
  const lifecycleStages = textList(given, 'lifecycleStages').map(stageNamed)
  if (lifecycleStages.length === 0) throw invalid('A lifecycle hook must have lifecycleStages.')
  const timeout = optionalObject(given, 'timeoutConfiguration')
  const timeoutConfiguration = timeout && {
    timeoutInMinutes:
      optionalInteger(timeout, 'timeoutInMinutes', { min: 1, max: longest[targetType] }) ?? 1440,
    action: optionalWord(timeout, 'action', ['ROLLBACK', 'CONTINUE']) ?? ('ROLLBACK' as const),
  }
  const common = { targetType, lifecycleStages, ...(timeout && { timeoutConfiguration }) }
  if (targetType === 'AWS_LAMBDA') {
    const hookDetails = optionalObject(given, 'hookDetails')
    return {
      ...common,
      hookTargetArn: text(given, 'hookTargetArn'),
      roleArn: text(given, 'roleArn'),
      ...(hookDetails && { hookDetails: hookDetails as DeploymentLifecycleHook['hookDetails'] }),
    }
  }
  for (const field of ['hookTargetArn', 'roleArn', 'hookDetails']) {
    if (given[field] !== undefined) throw invalid(`${field} is not allowed for PAUSE hooks.`)
  }
  const moving = lifecycleStages.find((stage) => forLambdaOnly.has(stage))
  if (moving !== undefined) throw invalid(`PAUSE hooks cannot be configured at ${moving}.`)
  return common
}

function stageNamed(name: string): (typeof stages)[number] {
  const stage = stages.find((known) => known === name)
  if (stage === undefined) {
    throw invalid(`${name} has no lifecycle hooks. Stages with hooks: ${stages.join(', ')}.`)
  }
  return stage
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message)
}
