import type { Engine } from '../engine.ts'
import type { DeploymentRecord, ServiceRecord } from '../records.ts'
import { startTasks } from '../rollouts/start-tasks.ts'
import { stopTasks } from '../tasks/end.ts'
import { isHealthy, isLive, tasksOf } from '../tasks/state.ts'
import { wakeAt } from '../wake.ts'
import type { StagedRecord } from './records.ts'
import { hasGreen } from './stations.ts'

/** How many tasks a deployment is to have; `keep`: those that it has, and no new ones. */
type Wanted = number | 'keep'

/**
 * Brings each deployment of a service to the tasks that it is to have at this stage. Blue and green
 * are both there in full, whatever the percentages say: those are for rolling deployments.
 */
export function scaleStaged(engine: Engine, service: ServiceRecord, staged: StagedRecord): void {
  const [primary] = service.deployments
  if (primary === undefined) return
  for (const deployment of service.deployments.toReversed()) {
    const wanted = service.status === 'ACTIVE' ? wantedOf(service, deployment, staged) : 0
    bring(engine, service, { deployment, primary, wanted })
  }
}

function wantedOf(service: ServiceRecord, one: DeploymentRecord, staged: StagedRecord): Wanted {
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

interface Bringing {
  readonly deployment: DeploymentRecord
  readonly primary: DeploymentRecord
  readonly wanted: Wanted
}

function bring(engine: Engine, service: ServiceRecord, bringing: Bringing): void {
  const { deployment, primary, wanted } = bringing
  const live = tasksOf(engine, service).filter(
    (task) => isLive(task) && task.deployment === deployment.id,
  )
  const most = wanted === 'keep' ? service.desiredCount : wanted
  const dispensableFirst = live.toSorted(
    (one, other) =>
      Number(isHealthy(engine, service, one)) - Number(isHealthy(engine, service, other)),
  )
  stopTasks(engine, service, dispensableFirst.slice(0, Math.max(0, live.length - most)), {
    code: 'ServiceSchedulerInitiated',
    reason: `Scaling activity initiated by (deployment ${primary.id})`,
  })
  const missing = wanted === 'keep' ? 0 : Math.max(0, wanted - live.length)
  if (missing === 0) return
  if (service.pausedUntil > engine.clock.now()) wakeAt(engine, service.arn, service.pausedUntil)
  else startTasks(engine, service, deployment, missing)
}
