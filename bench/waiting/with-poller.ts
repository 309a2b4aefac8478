import { awsClientsByTarget } from '../../activities/aws-clients.ts'
import { defaultPace } from '../../activities/pace.ts'
import { createPoller } from '../../activities/polling/poller.ts'
import { watchRollout } from '../../activities/watch.ts'
import { cluster, digest } from './account.ts'
import type { Account } from './open-account.ts'
import type { Wait } from './run.ts'

const pollerOfOnesOwn = () => createPoller(awsClientsByTarget()({ region: 'us-east-1' }))

/**
 * Waits as a worker does, with the activities' own code and the SDK's own clients; only Temporal
 * is left out. `apart`: each has a poller of its own, as if it were alone in its account.
 */
export function withPoller(apart: 'apart' | 'together'): (account: Account) => Wait {
  return ({ url }) => {
    process.env['AWS_ENDPOINT_URL'] = url
    const shared = pollerOfOnesOwn()
    return async (rollout) => {
      const { service, serviceDeploymentArn, deploymentId, taskDefinition } = rollout
      const ending = await watchRollout(apart === 'apart' ? pollerOfOnesOwn() : shared, {
        cluster,
        name: service,
        service,
        expected: { taskDefinition, deploymentId, serviceDeploymentArn, digests: { app: digest } },
        deadline: Date.now() + 600_000,
        pace: defaultPace,
        signal: new AbortController().signal,
        say: () => {},
      })
      if (ending.kind === 'ended' && ending.verdict.kind === 'succeeded') return
      throw new Error(`${service} has not succeeded: ${JSON.stringify(ending)}`)
    }
  }
}
