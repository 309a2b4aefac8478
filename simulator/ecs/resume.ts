import type { Engine } from './engine.ts'
import { taskEnded } from './tasks/end.ts'
import { isNotStopped, tasksOf } from './tasks/state.ts'
import { wakeNow } from './wake.ts'

/**
 * Resumes the saved state of an earlier engine. The tasks of that engine's runtime count as lost,
 * as if their host had been terminated; their services replace them.
 */
export function resume(engine: Engine): void {
  for (const service of Object.values(engine.state.services)) {
    for (const task of tasksOf(engine, service).filter(isNotStopped)) {
      task.desiredStatus = 'STOPPED'
      taskEnded(engine, service, task, {
        code: 'TerminationNotice',
        reason: 'Host EC2 (instance) terminated.',
      })
    }
    wakeNow(engine, service.arn)
  }
}
