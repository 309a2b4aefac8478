import type { Engine } from '../engine.ts'
import type { DeploymentRecord, ServiceDeploymentRecord, ServiceRecord } from '../records.ts'
import { addEvent } from '../rollouts/events.ts'
import { failDeployment } from '../rollouts/fail-deployment.ts'
import { isHealthy, isLive, isNotStopped, tasksOf } from '../tasks/state.ts'
import { wakeAt } from '../wake.ts'
import { stagedOf } from './begin.ts'
import { beginHooks, runHooks } from './hooks.ts'
import type { StagedRecord } from './records.ts'
import { stageSteps, type StageStep } from './stage-steps.ts'
import { shiftTraffic } from './traffic.ts'

/** Moves a staged deployment, or its rollback, as far as it can go now. */
export function advance(engine: Engine, service: ServiceRecord): void {
  const [primary] = service.deployments
  const staged = stagedOf(engine, primary)
  if (primary === undefined || staged === undefined || primary.rolloutState !== 'IN_PROGRESS')
    return
  const record = engine.state.serviceDeployments[primary.serviceDeployment]
  if (record === undefined) return
  if (staged.back !== undefined) restoreBlue(engine, service, primary, staged)
  else if (record.status === 'IN_PROGRESS')
    moveForward(engine, { service, green: primary, record, staged })
}

interface ForwardDeployment {
  readonly service: ServiceRecord
  readonly green: DeploymentRecord
  readonly record: ServiceDeploymentRecord
  readonly staged: StagedRecord
}

function moveForward(engine: Engine, forward: ForwardDeployment): void {
  const { service, green, record, staged } = forward
  const steps = stageSteps(record.deploymentConfiguration, staged)
  for (;;) {
    const step = steps[staged.position]
    if (step !== undefined) {
      const hooks = runHooks(engine, record)
      if (hooks === 'failed') {
        failDeployment(engine, service, green, hooksFailed)
        return
      }
      if (hooks === 'waiting' || !isOver(engine, forward, step)) return
    }
    const next = steps[staged.position + 1]
    if (next === undefined) return
    staged.position++
    enter(engine, forward, next)
  }
}

/**
 * `what` is ECS's text as others reported it; `by` and `because` are guesses. A failed hook rolls
 * back even if neither circuit breaker nor alarms may.
 */
const hooksFailed = {
  by: 'ECS deployment lifecycle hook',
  what: 'hook execution failure(s) detected.',
  because: 'because of hook execution failure(s).',
  rollback: true,
}

function enter(
  engine: Engine,
  { service, green, record, staged }: ForwardDeployment,
  step: StageStep,
): void {
  const now = engine.clock.now()
  const { stage, bakeMs = 0 } = step
  staged.stage = stage
  staged.until = now + Math.max(engine.timings.stage, bakeMs)
  if (stage === 'TEST_TRAFFIC_SHIFT' && hasTestRule(service)) staged.test = 100
  if (step.production !== undefined) staged.production = step.production
  staged.hooks = beginHooks(engine, record.deploymentConfiguration.lifecycleHooks ?? [], stage)
  record.updatedAt = now
  const revision = engine.state.revisions[green.revision]
  const shifts = step.production !== undefined || stage === 'TEST_TRAFFIC_SHIFT'
  if (revision !== undefined && shifts) shiftTraffic(engine, service, revision, staged)
}

function hasTestRule({ loadBalancers }: ServiceRecord): boolean {
  return loadBalancers.some((one) => one.advancedConfiguration?.testListenerRule !== undefined)
}

/** The last step, `CLEAN_UP`, is over when the deployment completes, which `finish` decides. */
function isOver(engine: Engine, forward: ForwardDeployment, { stage }: StageStep): boolean {
  const { service, green, staged } = forward
  const remaining = tasksOf(engine, service).filter(isNotStopped)
  if (stage === 'CLEAN_UP') return false
  if (
    stage === 'RECONCILE_SERVICE' &&
    remaining.some((task) => task.deployment !== staged.blue?.deployment)
  ) {
    return false
  }
  if (stage === 'SCALE_UP' && !isAllThere(engine, service, green)) return false
  if (staged.until <= engine.clock.now()) return true
  wakeAt(engine, service.arn, staged.until)
  return false
}

/** Whether a deployment has at least the desired count of healthy tasks. */
function isAllThere(engine: Engine, service: ServiceRecord, { id }: DeploymentRecord): boolean {
  const mine = tasksOf(engine, service).filter((task) => task.deployment === id && isLive(task))
  const healthy = mine.filter((task) => isHealthy(engine, service, task))
  return healthy.length >= service.desiredCount
}

/** All of blue's tasks must be healthy before blue gets the traffic back, so that none is lost. */
function restoreBlue(
  engine: Engine,
  service: ServiceRecord,
  blue: DeploymentRecord,
  staged: StagedRecord,
): void {
  const revision = engine.state.revisions[blue.revision]
  if (staged.back !== 'restoring' || !isAllThere(engine, service, blue)) return
  staged.back = 'cleaning'
  staged.stage = 'CLEAN_UP'
  staged.production = 0
  staged.test = 0
  if (revision !== undefined)
    shiftTraffic(engine, service, revision, { production: 100, test: 100 })
  addEvent(engine, service, `(deployment ${blue.id}) receives all traffic again.`)
}
