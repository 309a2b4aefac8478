import type { Engine } from '../engine.ts'
import type { DeploymentRecord, ServiceRecord } from '../records.ts'
import { addEvent } from './events.ts'
import { startRollback } from './rollback.ts'
import { endServiceDeployment } from './service-deployments.ts'

export interface FailureCause {
  /** Who detected it: the start of `rolloutStateReason`. */
  readonly by: string
  /** What was detected: the end of `rolloutStateReason` and of the event. */
  readonly what: string
  /** Why: the end of the service deployment's reason. */
  readonly because: string
  /** Whether to roll the service back. */
  readonly rollback: boolean
}

/** Marks a deployment as failed, and rolls it back if requested, unless it is a rollback itself. */
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

/** Marks a deployment as failed. It starts no more tasks; its running tasks stay. */
export function markFailed(engine: Engine, deployment: DeploymentRecord, reason: string): void {
  deployment.rolloutState = 'FAILED'
  deployment.rolloutStateReason = reason
  deployment.halted = true
  deployment.updatedAt = engine.clock.now()
}
