import type { ServiceTarget, Target } from '../../contract/environment-spec.ts'
import type { Expectation } from '../../rollout/expectation.ts'
import { whyOf } from '../../rollout/why.ts'
import type { AwsClients } from '../aws/clients.ts'
import { beating } from '../temporal/heartbeat.ts'
import { hasLapsed, isPassing } from '../aws/errors.ts'
import { whatEndsWaiting } from '../temporal/worker-shutdown.ts'
import { lookAt } from './poll-once.ts'
import type { Pace } from './pace.ts'
import { pollerOf } from '../polling/poller-of.ts'
import type { Poller } from '../polling/poller.ts'
import type { Revision, RolloutEnd } from '../../contract/activity-types.ts'
import type { StartedDeployment, WayBack } from '../../rollout/deployment.ts'
import { watchRollout } from './watch.ts'
import { type Ending, type Watched } from './watched.ts'

interface WaitInput {
  readonly target: Target
  readonly service: ServiceTarget
  readonly started: StartedDeployment
  readonly revision: Revision
  readonly before?: WayBack
  readonly deadline: number
}

/**
 * Waits until the rollout of a deployment has ended or its deadline has passed, and says how, with
 * the likely cause where it failed. Sends {@link RolloutProgress} with each heartbeat.
 */
export async function waitForRollout(
  clients: AwsClients,
  pace: Pace,
  { target, service, started, revision, before, deadline }: WaitInput,
  leaving?: AbortSignal,
): Promise<RolloutEnd> {
  return await beating(async (say) => {
    const watched: Watched = {
      cluster: target.cluster,
      name: service.name,
      service: service.service,
      expected: expectationOf(started, revision.digests, before),
      ...(started.earlierMs === undefined ? {} : { earlierMs: started.earlierMs }),
      deadline,
      pace,
      signal: whatEndsWaiting(leaving),
      say,
    }
    const poller = pollerOf(clients)
    return await endOf(poller, watched, await watchRollout(poller, watched))
  })
}

/** What a deployment that we started must come to. */
export function expectationOf(
  started: StartedDeployment,
  digests: Expectation['digests'],
  before?: WayBack,
): Expectation {
  const { taskDefinition, deploymentId, serviceDeploymentArn } = started
  return {
    taskDefinition,
    deploymentId,
    digests,
    ...(serviceDeploymentArn === undefined ? {} : { serviceDeploymentArn }),
    ...(before?.standing === 'succeeded' ? { before } : {}),
  }
}

/** The end of a rollout in the words of the release, with the likely cause of a failed one. */
export async function endOf(poller: Poller, watched: Watched, ending: Ending): Promise<RolloutEnd> {
  if (ending.kind === 'timed out') {
    const reason = `not stable and healthy in time: ${ending.summary}`
    const seen = ending.observation === undefined ? [] : [ending.observation]
    return { kind: 'timed_out', reason, ...whyOf(seen, watched.expected) }
  }
  const { verdict, observation } = ending
  if (verdict.kind === 'succeeded') return verdict
  // What stopped last is often there only a moment after the verdict.
  const when = { due: poller.clock.now(), signal: watched.signal }
  const again = await poller.observe(lookAt(watched), when).catch((error: unknown) => {
    if (isPassing(error) || hasLapsed(error)) return observation
    throw error
  })
  const why = whyOf([again, observation], watched.expected)
  return { kind: verdict.kind, reason: verdict.reason, ...why }
}
