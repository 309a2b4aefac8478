import type { Engine } from '../engine.ts'
import type { DeploymentRecord, ServiceRecord } from '../records.ts'
import { addEvent } from './events.ts'
import { startRollback } from './rollback.ts'
import { endServiceDeployment } from './service-deployments.ts'

export interface FailureCause {
  /** Who says so, as `rolloutStateReason` begins. */
  readonly by: string
  /** What was seen, as `rolloutStateReason` and the event end. */
  readonly what: string
  /** Why, as the reason of the service deployment ends. */
  readonly because: string
  /** Whether the service is to go back. */
  readonly rollback: boolean
}

/** Ends a deployment as failed, and goes back where that is asked for and it was no way back itself. */
export function failDeployment(
  engine: Engine,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  { by, what, because, rollback }: FailureCause,
): void {
  markFailed(engine, deployment, `${by}: ${what}`)
  addEvent(engine, service, `(deployment ${deployment.id}) deployment failed: ${what}`)
  const { serviceDeployment } = deployment
  if (deployment.kind === 'rollback') {
    const reason = `Service deployment rollback failed ${because}`
    endServiceDeployment(engine, serviceDeployment, 'ROLLBACK_FAILED', reason)
  } else if (rollback) {
    startRollback(engine, service, { by, reason: `Service deployment rolled back ${because}` })
  } else {
    const reason = `Service deployment stopped ${because}`
    endServiceDeployment(engine, serviceDeployment, 'STOPPED', reason)
  }
}

/** Marks a deployment as failed. It starts no more tasks; those that run go on. */
export function markFailed(engine: Engine, deployment: DeploymentRecord, reason: string): void {
  deployment.rolloutState = 'FAILED'
  deployment.rolloutStateReason = reason
  deployment.halted = true
  deployment.updatedAt = engine.clock.now()
}
