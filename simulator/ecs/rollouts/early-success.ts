import type { Engine } from '../engine.ts'
import type { DeploymentRecord, ServiceRecord, TaskRecord } from '../records.ts'
import { isHealthy, isLive } from '../tasks/state.ts'

/**
 * Whether a deployment counts as successful before all its tasks run: `healthyPercent` of the
 * desired tasks, rounded up, are healthy (`DeploymentEarlySuccessCriteria` in the ECS API). All old
 * tasks may stop then; the missing new tasks are still started.
 */
export function isEarlySuccess(
  engine: Engine,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  tasks: readonly TaskRecord[],
): boolean {
  const { enable, healthyPercent = 100 } =
    service.deploymentConfiguration.earlySuccessCriteria ?? {}
  if (enable !== true || deployment.kind === 'rollback') return false
  const healthy = tasks.filter(
    (task) => task.deployment === deployment.id && isLive(task) && isHealthy(engine, service, task),
  )
  return healthy.length >= Math.ceil((service.desiredCount * healthyPercent) / 100)
}
