import { DeregisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { observe } from '../ecs/observe.ts'
import { shortName } from '../../rollout/arn.ts'
import type { Revision } from '../../contract/activity-types.ts'
import { rollbackTargetOf } from '../../rollout/rollback-target.ts'

/**
 * Deregisters revisions that a release registered and that were rolled back. Keeps a revision that
 * a deployment still runs, or that is the rollback target of its service. Returns a sentence for
 * each revision.
 */
export async function deregisterRevisions(
  clients: AwsClients,
  { spec, revisions }: { spec: EnvironmentSpec; revisions: readonly Revision[] },
): Promise<readonly string[]> {
  const results: string[] = []
  for (const { service: name, taskDefinition } of revisions) {
    const service = spec.services.find((one) => one.name === name)
    if (service === undefined) continue
    const observation = await observe(clients, {
      cluster: spec.cluster,
      service: service.ecsService,
    })
    const inUse =
      observation.service.status !== 'ACTIVE' ||
      observation.service.deployments.some((one) => one.taskDefinition === taskDefinition) ||
      observation.tasks.some(
        (task) => task.taskDefinition === taskDefinition && task.lastStatus !== 'STOPPED',
      )
    if (inUse || rollbackTargetOf(observation).taskDefinition === taskDefinition) {
      results.push(`${shortName(taskDefinition)} is still in use and stays registered`)
      continue
    }
    await clients.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
    results.push(`${shortName(taskDefinition)} was deregistered`)
  }
  return results
}
