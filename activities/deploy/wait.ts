import type { Revision, RolloutEnd } from '../../contract/activity-types.ts'
import type { EnvironmentSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import type { RollbackTarget, StartedDeployment } from '../../rollout/deployment.ts'
import type { Expectation } from '../../rollout/expectation.ts'
import { whatRanBefore } from '../../rollout/rollback-target.ts'
import { stopCauseOf } from '../../rollout/stop-cause.ts'
import { toldStopCause } from '../../text/cause/cause.ts'
import { failureText, successText } from '../../text/rollout.ts'
import type { AwsClients } from '../aws/clients.ts'
import { pollerOf, type Poller } from '../polling/poller.ts'
import { withHeartbeat } from '../temporal/heartbeat.ts'
import { waitSignal } from '../temporal/worker-shutdown.ts'
import { isMissedPoll } from './missed-poll.ts'
import type { Pace } from './pace.ts'
import { pollTargetOf } from './poll-once.ts'
import { watchRollout } from './watch.ts'
import type { WatchEnd, WatchedRollout } from './watched.ts'

interface WaitInput {
  readonly spec: EnvironmentSpec
  readonly service: ServiceSpec
  readonly started: StartedDeployment
  readonly revision: Revision
  readonly before?: RollbackTarget
  readonly deadline: number
}

/**
 * Waits until the rollout of a deployment has ended or its deadline has passed. Returns how it
 * ended, with the likely cause if it failed. Sends {@link RolloutProgress} with each heartbeat.
 */
export async function waitForRollout(
  clients: AwsClients,
  pace: Pace,
  { spec, service, started, revision, before, deadline }: WaitInput,
  shutdownSignal?: AbortSignal,
): Promise<RolloutEnd> {
  return await withHeartbeat(async (report) => {
    const watched: WatchedRollout = {
      cluster: spec.cluster,
      name: service.name,
      service: service.ecsService,
      expected: expectationOf(started, revision, before),
      ...(started.earlierMs === undefined ? {} : { earlierMs: started.earlierMs }),
      deadline,
      pace,
      signal: waitSignal(shutdownSignal),
      report,
    }
    const poller = pollerOf(clients)
    return await rolloutEndOf(poller, watched, await watchRollout(poller, watched))
  })
}

/** What a deployment that we started must come to. */
export function expectationOf(
  started: StartedDeployment,
  { digests, imageDigests }: Pick<Expectation, 'digests' | 'imageDigests'>,
  before?: RollbackTarget,
): Expectation {
  const { taskDefinition, deploymentId, serviceDeploymentArn } = started
  return {
    taskDefinition,
    deploymentId,
    digests,
    ...(imageDigests === undefined ? {} : { imageDigests }),
    ...(serviceDeploymentArn === undefined ? {} : { serviceDeploymentArn }),
    ...(before?.hasSucceeded === true ? { before: whatRanBefore(before) } : {}),
  }
}

/** The end of a watched rollout as the release records it, with the likely cause of a failure. */
export async function rolloutEndOf(
  poller: Poller,
  watched: WatchedRollout,
  watchEnd: WatchEnd,
): Promise<RolloutEnd> {
  if (watchEnd.kind === 'timed out') {
    const { summary, observation: last } = watchEnd
    const unread = (last?.unreadable ?? []).map(
      ({ what, reason }) => `; cannot read ${what}: ${reason}`,
    )
    const reason = `not stable and healthy in time: ${summary}${unread.join('')}`
    const observations = last === undefined ? [] : [last]
    return {
      kind: 'timed_out',
      reason,
      ...toldStopCause(stopCauseOf(observations, watched.expected)),
    }
  }
  const { verdict, observation } = watchEnd
  if (verdict.kind === 'succeeded') {
    return { kind: 'succeeded', basis: verdict.basis, summary: successText(verdict) }
  }
  // The task that stopped last often shows only a moment after the verdict.
  const when = { due: poller.clock.now(), signal: watched.signal }
  const later = await poller.observe(pollTargetOf(watched), when).catch((error: unknown) => {
    if (isMissedPoll(error)) return observation
    throw error
  })
  const why = toldStopCause(stopCauseOf([later, observation], watched.expected))
  return { kind: verdict.kind, reason: failureText(verdict), ...why }
}
