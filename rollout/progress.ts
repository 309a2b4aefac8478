import { crashedTasks } from './crashes.ts'
import { isSpent } from './deployment-state.ts'
import type { Expectation } from './expectation.ts'
import type { Gap } from './gap.ts'
import type {
  ObservedDeployment,
  ObservedHook,
  ObservedService,
  ObservedServiceDeployment,
  Observation,
} from './observation.ts'

/** Where a rollout stands. */
export interface Progress {
  readonly gap: Gap
  /** A PAUSE hook that waits for a person. */
  readonly pause?: LifecycleHook
  readonly stage?: Stage
  /** A hook that runs. */
  readonly hook?: LifecycleHook
  /** The event in which ECS says why it cannot go on. */
  readonly stall?: string
  /** Tasks of the deployment that have crashed so far. */
  readonly crashed: number
}

/** Where a blue/green, linear or canary deployment is. */
export interface Stage {
  /** As ECS names it: `PRODUCTION_TRAFFIC_SHIFT`. */
  readonly name: string
  readonly bakeMinutes: number
  /** Share of production traffic that the new revision gets. */
  readonly trafficPercent: number
}

export interface LifecycleHook {
  readonly id: string
  /** Name of the Lambda function; empty where there is none. */
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number
  readonly serviceDeploymentArn: string
}

export function progressOf(
  observation: Pick<Observation, 'service' | 'tasks'>,
  expected: Expectation,
  gap: Gap,
  record: ObservedServiceDeployment | undefined,
): Progress {
  const stall = stallOf(observation, expected)
  return {
    gap,
    ...(record === undefined ? {} : stageAndHooks(record)),
    ...(stall === undefined ? {} : { stall }),
    crashed: crashedTasks(observation, expected).length,
  }
}

function stageAndHooks(
  record: ObservedServiceDeployment,
): Pick<Progress, 'pause' | 'stage' | 'hook'> {
  const { lifecycleStage: name, bakeTimeInMinutes, targetTraffic = 0, hooks } = record
  const pause = hooks.find(waitsForPerson)
  const hook = hooks.find(({ status }) => status === 'IN_PROGRESS')
  return {
    ...(pause === undefined ? {} : { pause: hookOf(pause, record) }),
    ...(name === ''
      ? {}
      : { stage: { name, bakeMinutes: bakeTimeInMinutes, trafficPercent: targetTraffic } }),
    ...(hook === undefined ? {} : { hook: hookOf(hook, record) }),
  }
}

function hookOf(
  { id, target, expiresAt }: ObservedHook,
  { arn }: ObservedServiceDeployment,
): LifecycleHook {
  return {
    id,
    name: target,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    serviceDeploymentArn: arn,
  }
}

/** Events in which ECS says why nothing moves, without the ids that change with each of them. */
const stalls =
  /was unable to place a task|unable to stop or start tasks|failed to launch a task|unable to consistently start tasks/

/** The event that says why ECS cannot go on, as long as it has not gone on since. */
export function stallOf(
  { service }: Pick<Observation, 'service'>,
  { deploymentId }: Expectation,
): string | undefined {
  const since = service.deployments.find(({ id }) => id === deploymentId)?.createdAt ?? 0
  const latest = service.events.find(
    ({ at, message }) =>
      at >= since && (stalls.test(message) || /has started \d+ tasks/.test(message)),
  )
  if (latest === undefined || !stalls.test(latest.message)) return undefined
  return latest.message.replace(/^\(service [^)]*\) /, '')
}

/**
 * Whether only ECS's word is missing: all tasks of this deployment run, and no other deployment is
 * left. One whose tasks drain is listed still, and one that failed may be for longer.
 */
export function isAllThere({ deployments }: ObservedService, one: ObservedDeployment): boolean {
  const { desiredCount, runningCount, pendingCount } = one
  if (runningCount < desiredCount || pendingCount > 0) return false
  return deployments.every((other) => other.id === one.id || isSpent(other))
}

/** Whether a PAUSE hook waits for a person. */
export function isPaused(record: ObservedServiceDeployment | undefined): boolean {
  return record?.hooks.some(waitsForPerson) === true
}

function waitsForPerson({ type, status }: ObservedHook): boolean {
  return type === 'PAUSE' && status === 'AWAITING_ACTION'
}

/**
 * Whether the end is certainly some time away: ECS waits for a person, or has not come to the last
 * stage of a blue/green, linear or canary deployment.
 */
export function isFarFromItsEnd(record: ObservedServiceDeployment | undefined): boolean {
  const { lifecycleStage = '' } = record ?? {}
  return isPaused(record) || !['', 'CLEAN_UP'].includes(lifecycleStage)
}
