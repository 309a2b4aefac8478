import { crashedTasks } from './crashes.ts'
import type {
  ObservedDeployment,
  ObservedHook,
  ObservedService,
  ObservedServiceDeployment,
  Observation,
} from './observation.ts'
import type { Expectation } from './expectation.ts'

/** Events of ECS's that say why nothing moves, without the ids that change with each of them. */
const stalls =
  /was unable to place a task|unable to stop or start tasks|failed to launch a task|unable to consistently start tasks/

/**
 * Where a rollout stands, in one line: what is missing, at which stage of its strategy ECS is and
 * whom it waits for, what keeps it from moving, and how many tasks have crashed so far.
 */
export function progressOf(
  observation: Pick<Observation, 'service' | 'tasks'>,
  expected: Expectation,
  { missing, record }: { missing: string; record?: ObservedServiceDeployment | undefined },
): string {
  // What a person has to do comes first: a line may be cut short.
  return [
    record === undefined ? '' : pauseOf(record),
    missing,
    ...(record === undefined ? [] : [stageOf(record), hookOf(record)]),
    stallOf(observation, expected),
    crashesOf(observation, expected),
  ]
    .filter((part) => part !== '')
    .join('; ')
}

/** The event that says why ECS cannot go on, as long as it has not gone on since; else empty. */
export function stallOf(
  { service }: Pick<Observation, 'service'>,
  { deploymentId }: Expectation,
): string {
  const since = service.deployments.find(({ id }) => id === deploymentId)?.createdAt ?? 0
  const latest = service.events.find(
    ({ at, message }) =>
      at >= since && (stalls.test(message) || /has started \d+ tasks/.test(message)),
  )
  if (latest === undefined || !stalls.test(latest.message)) return ''
  return latest.message.replace(/^\(service [^)]*\) /, '')
}

/**
 * Nothing is missing but ECS saying so: all its tasks run, and no other deployment is left. One
 * whose tasks drain is listed still, and one that failed may be for longer.
 */
export function isAllThere({ deployments }: ObservedService, one: ObservedDeployment): boolean {
  const { desiredCount, runningCount, pendingCount } = one
  if (runningCount < desiredCount || pendingCount > 0) return false
  return deployments.every(
    ({ id, rolloutState, ...other }) =>
      id === one.id || (rolloutState === 'FAILED' && other.runningCount + other.pendingCount === 0),
  )
}

/** Whether a PAUSE hook waits for a person. */
export function isPaused(record: ObservedServiceDeployment | undefined): boolean {
  return record?.hooks.some(waitsForAPerson) === true
}

function waitsForAPerson({ type, status }: ObservedHook): boolean {
  return type === 'PAUSE' && status === 'AWAITING_ACTION'
}

/**
 * Whether the end is certainly some time away: a person is asked, or ECS has not come to the last
 * stage of a blue/green, linear or canary deployment.
 */
export function isFarFromItsEnd(record: ObservedServiceDeployment | undefined): boolean {
  const { lifecycleStage = '' } = record ?? {}
  return isPaused(record) || !['', 'CLEAN_UP'].includes(lifecycleStage)
}

function stageOf(record: ObservedServiceDeployment): string {
  const { lifecycleStage, bakeTimeInMinutes, targetTraffic = 0 } = record
  if (lifecycleStage === '') return ''
  const share =
    targetTraffic > 0 && targetTraffic < 100 ? ` (${targetTraffic} % of production traffic)` : ''
  const minutes = bakeTimeInMinutes === 0 ? '' : ` for ${bakeTimeInMinutes} min`
  const words = lifecycleStage.toLowerCase().replaceAll('_', ' ')
  return lifecycleStage === 'BAKE_TIME' ? `baking${minutes}` : `stage: ${words}${share}`
}

function pauseOf({ arn, hooks }: ObservedServiceDeployment): string {
  const hook = hooks.find(waitsForAPerson)
  if (hook === undefined) return ''
  const until =
    hook.expiresAt === undefined ? '' : `, until ${new Date(hook.expiresAt).toISOString()}`
  return `ECS waits for a person${until}: aws ecs continue-service-deployment --service-deployment-arn ${arn} --hook-id ${hook.id}`
}

function hookOf({ hooks }: ObservedServiceDeployment): string {
  const running = hooks.find(({ status }) => status === 'IN_PROGRESS')
  if (running === undefined) return ''
  return `a lifecycle hook runs${running.target === '' ? '' : ` (${running.target})`}`
}

function crashesOf(observation: Pick<Observation, 'tasks'>, expected: Expectation): string {
  const { length } = crashedTasks(observation, expected)
  return length === 0 ? '' : `${length} ${length === 1 ? 'task has' : 'tasks have'} crashed so far`
}
