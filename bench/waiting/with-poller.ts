import { ListClustersCommand } from '@aws-sdk/client-ecs'
import { DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { awsClientsByEnvironment, type AwsClients } from '../../activities/aws/clients.ts'
import { defaultPace } from '../../activities/deploy/pace.ts'
import { createPoller } from '../../activities/polling/poller.ts'
import { watchRollout } from '../../activities/deploy/watch.ts'
import { cluster, digest } from './cluster.ts'
import type { Accounts } from './open-account.ts'
import type { Wait } from './run.ts'

/**
 * Waits as a worker does, with the activities' own code, the SDK's own clients and a poller for
 * each account; only Temporal is left out.
 */
export async function withPoller({ urls }: Accounts): Promise<Wait> {
  const pollers = await Promise.all(urls.map(async (url) => createPoller(await clientsOf(url))))
  return async (rollout) => {
    const { account, service, serviceDeploymentArn, deploymentId, taskDefinition, end } = rollout
    const poller = pollers[account]
    if (poller === undefined) throw new Error(`Account ${account} was not opened.`)
    const ending = await watchRollout(poller, {
      cluster,
      name: service,
      service,
      expected: { taskDefinition, deploymentId, serviceDeploymentArn, digests: { app: digest } },
      deadline: Date.now() + 1_800_000,
      pace: defaultPace,
      signal: new AbortController().signal,
      report: () => {},
    })
    if (ending.kind === 'ended' && ending.verdict.kind === end) return
    throw new Error(`Expected ${service} to end as ${end}, but got ${JSON.stringify(ending)}.`)
  }
}

let latest: Promise<unknown> = Promise.resolve()

/**
 * Clients for one endpoint, although its variable belongs to the whole process: each client reads
 * it at its first call, so the first calls are made one after the other.
 */
function clientsOf(url: string): Promise<AwsClients> {
  const made = latest.then(async () => {
    process.env['AWS_ENDPOINT_URL'] = url
    const clients = awsClientsByEnvironment()({ region: 'us-east-1' })
    await clients.ecs.send(new ListClustersCommand())
    await clients.ecsOnce.send(new ListClustersCommand())
    await clients.elb.send(new DescribeTargetGroupsCommand())
    return clients
  })
  latest = made.catch(() => {})
  return made
}
