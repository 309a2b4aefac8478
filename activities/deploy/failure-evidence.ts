import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { withLogs } from './logs.ts'
import type { RolloutEnd } from '../../contract/activity-types.ts'

/** Adds the last log lines of the failed tasks, unless the environment sets `failure.logs: false`. */
export async function endWithLogs(
  clients: AwsClients,
  { failure }: EnvironmentSpec,
  end: RolloutEnd,
): Promise<RolloutEnd> {
  if (end.kind === 'succeeded' || end.failedTasks === undefined) return end
  if (failure?.logs === false) return end
  const failedTasks = await Promise.all(end.failedTasks.map((task) => withLogs(clients, task)))
  return { ...end, failedTasks }
}
