import type { Engine } from '../engine.ts'
import type { DeploymentRecord, ServiceRecord } from '../records.ts'
import { startTasks } from '../rollouts/start-tasks.ts'
import { stopTasks } from '../tasks/end.ts'
import { isHealthy, isLive, tasksOf } from '../tasks/state.ts'
import { wakeAt } from '../wake.ts'
import type { StagedRecord } from './records.ts'
import { hasGreen } from './stage-steps.ts'

/** How many tasks a deployment should have. `keep`: those that it has, and no new ones. */
type TaskCount = number | 'keep'

/**
 * Scales each deployment of a service to the tasks that it should have at this stage. Blue and
 * green both run in full: the minimum and maximum percentages apply to rolling deployments only.
 */
export function scaleStaged(engine: Engine, service: ServiceRecord, staged: StagedRecord): void {
  const [primary] = service.deployments
  if (primary === undefined) return
  for (const deployment of service.deployments.toReversed()) {
    const count = service.status === 'ACTIVE' ? taskCountOf(service, deployment, staged) : 0
    scaleTo(engine, service, { deployment, primary, count })
  }
}

function taskCountOf(
  service: ServiceRecord,
  one: DeploymentRecord,
  staged: StagedRecord,
): TaskCount {
  const { desiredCount, deployments } = service
  const [primary] = deployments
  const ended = primary?.rolloutState === 'FAILED'
  if (staged.back !== undefined) {
    if (one === primary) return ended ? 'keep' : desiredCount
    return staged.back === 'cleaning' && !ended ? 0 : 'keep'
  }
  if (one === primary) {
    if (ended) return 'keep'
    return hasGreen(staged.stage) ? desiredCount : 0
  }
  if (one.id === staged.blue?.deployment)
    return staged.stage === 'CLEAN_UP' && !ended ? 0 : desiredCount
  return staged.stage === undefined || ended ? 'keep' : 0
}

interface ScaleRequest {
  readonly deployment: DeploymentRecord
  readonly primary: DeploymentRecord
  readonly count: TaskCount
}

function scaleTo(engine: Engine, service: ServiceRecord, request: ScaleRequest): void {
  const { deployment, primary, count } = request
  const live = tasksOf(engine, service).filter(
    (task) => isLive(task) && task.deployment === deployment.id,
  )
  const most = count === 'keep' ? service.desiredCount : count
  const dispensableFirst = live.toSorted(
    (one, other) =>
      Number(isHealthy(engine, service, one)) - Number(isHealthy(engine, service, other)),
  )
  stopTasks(engine, service, dispensableFirst.slice(0, Math.max(0, live.length - most)), {
    code: 'ServiceSchedulerInitiated',
    reason: `Scaling activity initiated by (deployment ${primary.id})`,
  })
  const missing = count === 'keep' ? 0 : Math.max(0, count - live.length)
  if (missing === 0) return
  if (service.pausedUntil > engine.clock.now()) wakeAt(engine, service.arn, service.pausedUntil)
  else startTasks(engine, service, deployment, missing)
}
