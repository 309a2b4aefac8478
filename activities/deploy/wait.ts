import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { Expectation } from '../../rollout/expectation.ts'
import { failureText, successText } from '../../text/rollout.ts'
import { stopCauseOf } from '../../rollout/stop-cause.ts'
import type { AwsClients } from '../aws/clients.ts'
import { withHeartbeat } from '../temporal/heartbeat.ts'
import { isExpired, isTransient } from '../aws/errors.ts'
import { waitSignal } from '../temporal/worker-shutdown.ts'
import { pollTargetOf } from './poll-once.ts'
import type { Pace } from './pace.ts'
import { pollerOf, type Poller } from '../polling/poller.ts'
import type { Revision, RolloutEnd } from '../../contract/activity-types.ts'
import type { StartedDeployment, RollbackTarget } from '../../rollout/deployment.ts'
import { watchRollout } from './watch.ts'
import { type WatchEnd, type WatchedRollout } from './watched.ts'

interface WaitInput {
  readonly spec: EnvironmentSpec
  readonly service: ServiceSpec
  readonly started: StartedDeployment
  readonly revision: Revision
  readonly before?: RollbackTarget
  readonly deadline: number
}

/**
 * Waits until the rollout of a deployment has ended or its deadline has passed, and says how, with
 * the likely cause where it failed. Sends {@link RolloutProgress} with each heartbeat.
 */
export async function waitForRollout(
  clients: AwsClients,
  pace: Pace,
  { spec, service, started, revision, before, deadline }: WaitInput,
  shutdownSignal?: AbortSignal,
): Promise<RolloutEnd> {
  return await withHeartbeat(async (say) => {
    const watched: WatchedRollout = {
      cluster: spec.cluster,
      name: service.name,
      service: service.ecsService,
      expected: expectationOf(started, revision.digests, before),
      ...(started.earlierMs === undefined ? {} : { earlierMs: started.earlierMs }),
      deadline,
      pace,
      signal: waitSignal(shutdownSignal),
      say,
    }
    const poller = pollerOf(clients)
    return await rolloutEndOf(poller, watched, await watchRollout(poller, watched))
  })
}

/** What a deployment that we started must come to. */
export function expectationOf(
  started: StartedDeployment,
  digests: Expectation['digests'],
  before?: RollbackTarget,
): Expectation {
  const { taskDefinition, deploymentId, serviceDeploymentArn } = started
  return {
    taskDefinition,
    deploymentId,
    digests,
    ...(serviceDeploymentArn === undefined ? {} : { serviceDeploymentArn }),
    ...(before?.hasSucceeded === true ? { before } : {}),
  }
}

/** The end of a rollout in the words of the release, with the likely cause of a failed one. */
export async function rolloutEndOf(
  poller: Poller,
  watched: WatchedRollout,
  ending: WatchEnd,
): Promise<RolloutEnd> {
  if (ending.kind === 'timed out') {
    const reason = `not stable and healthy in time: ${ending.summary}`
    const seen = ending.observation === undefined ? [] : [ending.observation]
    return { kind: 'timed_out', reason, ...stopCauseOf(seen, watched.expected) }
  }
  const { verdict, observation } = ending
  if (verdict.kind === 'succeeded') {
    return { kind: 'succeeded', basis: verdict.basis, summary: successText(verdict) }
  }
  // What stopped last is often there only a moment after the verdict.
  const when = { due: poller.clock.now(), signal: watched.signal }
  const again = await poller.observe(pollTargetOf(watched), when).catch((error: unknown) => {
    if (isTransient(error) || isExpired(error)) return observation
    throw error
  })
  const why = stopCauseOf([again, observation], watched.expected)
  return { kind: verdict.kind, reason: failureText(verdict), ...why }
}
