import type { Engine } from '../engine.ts'
import type { DeploymentRecord, ServiceRecord, TaskRecord } from '../records.ts'
import { isHealthy, isLive } from '../tasks/state.ts'

/**
 * Whether a deployment counts as successful before all of its tasks are there: enough of them,
 * `healthyPercent` of the desired ones rounded up, are healthy (`DeploymentEarlySuccessCriteria`
 * in the ECS API). The old tasks may all go then; the new ones that are missing still come.
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
