import { checkTargets } from '../../elb/health.ts'
import { judgeAlarms } from './alarms.ts'
import { judgeBreaker } from './breaker.ts'
import type { Engine } from '../engine.ts'
import { finish } from './finish.ts'
import { judgeTasks } from './judge-tasks.ts'
import { advance } from '../stages/advance.ts'
import { applyRequests } from './apply-requests.ts'
import { scale } from './scale.ts'
import { checkContainers } from '../tasks/container-health.ts'
import { tasksOf } from '../tasks/state.ts'
import { stopDrained } from '../tasks/end.ts'
import { launchDue } from '../tasks/start.ts'

/**
 * One pass of the scheduler over one service. It does what is due now, depends only on the engine's
 * state, and schedules its next pass. An extra pass changes nothing.
 */
export function reconcile(engine: Engine, serviceArn: string): void {
  const service = engine.state.services[serviceArn]
  if (service === undefined || service.status === 'INACTIVE' || engine.closed) return
  applyRequests(engine, service)
  launchDue(engine, service, tasksOf(engine, service))
  stopDrained(engine, service, tasksOf(engine, service))
  checkTargets(engine, service)
  checkContainers(engine, service, tasksOf(engine, service))
  judgeTasks(engine, service, tasksOf(engine, service))
  judgeBreaker(engine, service)
  judgeAlarms(engine, service)
  advance(engine, service)
  scale(engine, service)
  finish(engine, service)
}
