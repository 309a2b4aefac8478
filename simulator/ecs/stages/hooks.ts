import { randomBytes } from 'node:crypto'
import type { DeploymentLifecycleHook } from '@aws-sdk/client-ecs'
import { nameOf } from '../arns.ts'
import type { Engine } from '../engine.ts'
import type { ServiceDeploymentRecord } from '../records.ts'
import { wakeAt } from '../wake.ts'
import type { HookAnswer, HookRecord, Stage } from './records.ts'

/** By default a hook times out after a day (`timeoutInMinutes` in the ECS API). */
const usualTimeoutMinutes = 1440

/** Starts all hooks that a service has at a stage. */
export function beginHooks(
  engine: Engine,
  hooks: readonly DeploymentLifecycleHook[],
  stage: Stage,
): HookRecord[] {
  const now = engine.clock.now()
  return hooks
    .filter(({ lifecycleStages }) => lifecycleStages?.some((one) => one === stage))
    .map(({ targetType: type = 'AWS_LAMBDA', hookTargetArn, timeoutConfiguration }) => {
      const { timeoutInMinutes = usualTimeoutMinutes, action = 'ROLLBACK' } =
        timeoutConfiguration ?? {}
      return {
        id: `ecs-${type === 'PAUSE' ? 'pause' : 'lambda'}-${randomBytes(32).toString('base64url')}`,
        type,
        ...(hookTargetArn !== undefined && { targetArn: hookTargetArn }),
        status: type === 'PAUSE' ? 'AWAITING_ACTION' : 'IN_PROGRESS',
        expiresAt: now + timeoutInMinutes * 60_000,
        timeoutAction: action,
        nextCallAt: now,
      }
    })
}

/**
 * Calls the functions that are due, and times out hooks that have waited too long. Returns `failed`
 * if any hook demands a rollback, and `done` if all of them let the deployment continue.
 */
export function runHooks(
  engine: Engine,
  { service, staged }: ServiceDeploymentRecord,
): 'waiting' | 'done' | 'failed' {
  const hooks = staged?.hooks ?? []
  for (const hook of hooks) runHook(engine, service, hook)
  if (hooks.some(asksForRollback)) return 'failed'
  return hooks.every(({ status }) => status === 'SUCCEEDED' || status === 'TIMED_OUT')
    ? 'done'
    : 'waiting'
}

function asksForRollback({ status, timeoutAction }: HookRecord): boolean {
  return status === 'FAILED' || (status === 'TIMED_OUT' && timeoutAction === 'ROLLBACK')
}

function runHook(engine: Engine, serviceArn: string, hook: HookRecord): void {
  if (hook.status !== 'IN_PROGRESS' && hook.status !== 'AWAITING_ACTION') return
  const now = engine.clock.now()
  if (hook.type === 'AWS_LAMBDA' && hook.nextCallAt <= now) {
    const { hookStatus, callBackDelay } = answerOf(engine, hook)
    hook.status = hookStatus
    hook.nextCallAt =
      now + (callBackDelay === undefined ? engine.timings.callBack : callBackDelay * 1000)
    if (hookStatus !== 'IN_PROGRESS') return
  }
  if (hook.expiresAt <= now) {
    hook.status = 'TIMED_OUT'
    return
  }
  wakeAt(engine, serviceArn, hook.expiresAt)
  if (hook.type === 'AWS_LAMBDA') wakeAt(engine, serviceArn, hook.nextCallAt)
}

/** The answer set for a function's ARN or name. Default: `SUCCEEDED`. */
function answerOf({ state }: Engine, { targetArn = '' }: HookRecord): HookAnswer {
  const name = nameOf(targetArn).split(':').at(-1) ?? ''
  return state.hookAnswers[targetArn] ?? state.hookAnswers[name] ?? { hookStatus: 'SUCCEEDED' }
}
