import type { RolloutEnd, RolloutProgress, Unproven } from '../../contract/activity-types.ts'
import { nextRollbackStep } from '../../rollout/next-rollback-step.ts'
import { primaryOf, type Observation, type Unreadable } from '../../rollout/observation.ts'
import { isRollingBack } from '../../rollout/service-deployment-status.ts'
import { unprovenText } from '../../text/unproven.ts'
import type { AwsClients } from '../aws/clients.ts'
import { isTransient } from '../aws/errors.ts'
import { digestsOfContainers } from '../image/digests-of-containers.ts'
import { rest } from '../polling/clock.ts'
import { pollerOf, type PollTarget, type Poller } from '../polling/poller.ts'
import { readOr } from '../polling/read-part.ts'
import { withHeartbeat } from '../temporal/heartbeat.ts'
import { waitSignal } from '../temporal/worker-shutdown.ts'
import type { Pace } from './pace.ts'
import {
  deployRollbackTarget,
  existingRollback,
  stopDeployment,
  withRunningCopy,
  type RollBackServiceInput,
  type RollbackDeployment,
} from './start-rollback.ts'
import { rolloutEndOf } from './wait.ts'
import { watchRollout } from './watch.ts'
import type { WatchedRollout } from './watched.ts'

/**
 * Rolls a service back and waits until what ran before runs again, healthy. It polls before each
 * step, so that it can be retried at any point: a rollback that is already under way is only waited
 * for; a deployment of ours in flight is stopped, so that ECS rolls it back; otherwise the service
 * is updated to the recorded task definition, or to a copy of it if that was deregistered. Evidence that
 * AWS does not give (a target group that is gone, a permission) ends no rollback: the result says what
 * is unproven then.
 */
export async function rollBackService(
  clients: AwsClients,
  pace: Pace,
  input: RollBackServiceInput,
  shutdownSignal?: AbortSignal,
): Promise<RolloutEnd> {
  return await withHeartbeat((report) => {
    const signal = waitSignal(shutdownSignal)
    return rollBack(clients, { ...input, poller: pollerOf(clients), pace, signal, report })
  })
}

interface Rollback extends RollBackServiceInput {
  readonly poller: Poller
  readonly pace: Pace
  readonly signal: AbortSignal
  readonly report: (progress: RolloutProgress) => void
}

async function rollBack(clients: AwsClients, rollback: Rollback): Promise<RolloutEnd> {
  const { poller, spec, service, to, started, deadline, report } = rollback
  const { clock } = poller
  let stopRefused = false
  for (;;) {
    const observation = await pollNow(rollback)
    const { status } = observation.service
    if (status !== 'ACTIVE') {
      const reason = `service "${service.ecsService}" is ${status}, so it cannot be rolled back`
      return { kind: 'failed', reason, cause: '' }
    }
    if (!to.hasSucceeded) return withoutTarget(rollback, observation)
    const step = nextRollbackStep(observation, {
      mode: spec.mode,
      to: await withRunningCopy(clients, rollback, observation),
      stopRefused,
      ...(started === undefined ? {} : { started }),
    })
    switch (step.kind) {
      case 'wait for':
        return await waitFor(rollback, existingRollback(step.deployment, to, observation))
      case 'update':
        return await waitFor(rollback, await deployRollbackTarget(clients, rollback, step.force))
      case 'stop':
        stopRefused = !(await stopDeployment(clients, step.serviceDeploymentArn))
        break
      case 'leave':
        return { kind: 'replaced', reason: step.reason, cause: '' }
      case 'wait for ECS': {
        if (clock.now() >= deadline) return timedOut(step.reason)
        report({ service: service.name, summary: step.reason, observedAt: clock.now() })
        await untilEcsHasRolledBack(rollback)
      }
    }
  }
}

/** Succeeds if the release has changed nothing; otherwise there is nothing to roll back to. */
function withoutTarget(
  { service: { ecsService }, to, started }: Rollback,
  observation: Observation,
): RolloutEnd {
  if (started === undefined && primaryOf(observation)?.id === to.deploymentId) {
    const summary = `nothing was changed in service "${ecsService}"`
    return { kind: 'succeeded', basis: 'deployments', summary }
  }
  const reason = `no deployment of service "${ecsService}" is known to have succeeded, so there is nothing to roll back to: the service stays as it is`
  return { kind: 'failed', reason, cause: '' }
}

async function pollNow(rollback: Rollback): Promise<Observation> {
  const { poller, deadline, signal } = rollback
  const { clock } = poller
  for (;;) {
    try {
      return await poller.observe(pollTarget(rollback), { due: clock.now(), signal })
    } catch (error) {
      if (!isTransient(error) || clock.now() >= deadline) throw error
      await pauseBriefly(rollback)
    }
  }
}

function pollTarget({ spec, service, started }: Rollback): PollTarget {
  const { serviceDeploymentArn } = started ?? {}
  const { cluster } = spec
  return { cluster, service: service.ecsService, serviceDeploymentArn, mayLackEvidence: true }
}

/** Until the record shows that ECS's own rollback has ended; a moment if there is no record. */
async function untilEcsHasRolledBack(rollback: Rollback): Promise<void> {
  const { poller, started, deadline, signal } = rollback
  const { clock } = poller
  do {
    await pauseBriefly(rollback)
    if (started?.serviceDeploymentArn === undefined) return
    try {
      const timing = { due: clock.now(), signal }
      const polled = poller.record(started.serviceDeploymentArn, timing)
      const record = await readOr(polled, { target: pollTarget(rollback), timing })
      if (record === undefined || record === 'unavailable' || !isRollingBack(record)) return
    } catch (error) {
      if (!isTransient(error)) throw error
    }
  } while (clock.now() < deadline)
}

async function pauseBriefly({ poller, pace, signal }: Rollback): Promise<void> {
  await rest(poller.clock, 2 * pace.nearEndMs * (1 + Math.random()), signal)
}

/** Waits for the deployment that rolls back. */
async function waitFor(rollback: Rollback, deployment: RollbackDeployment): Promise<RolloutEnd> {
  const { poller, spec, service, to, deadline, pace, signal, report } = rollback
  const { serviceDeploymentArn, continues } = deployment
  const watched: WatchedRollout = {
    cluster: spec.cluster,
    name: service.name,
    service: service.ecsService,
    expected: {
      taskDefinition: deployment.taskDefinition,
      deploymentId: deployment.id,
      digests: digestsOfContainers(service, to.digests),
      ...(to.imageDigests === undefined ? {} : { imageDigests: to.imageDigests }),
      ...(serviceDeploymentArn === undefined ? {} : { serviceDeploymentArn }),
      ...(continues === undefined ? {} : { continues }),
    },
    mayLackEvidence: true,
    deadline,
    pace,
    signal,
    report,
  }
  const watchEnd = await watchRollout(poller, watched)
  const end = await rolloutEndOf(poller, watched, watchEnd)
  const { unreadable = [] } = watchEnd.observation ?? {}
  if (end.kind === 'succeeded') {
    const { taskDefinition: copy } = deployment
    return {
      ...end,
      ...(copy === to.taskDefinition ? {} : { copy }),
      ...(unreadable.length === 0 ? {} : { unproven: unprovenOf(rollback, unreadable) }),
    }
  }
  if (end.kind !== 'rolled_back') return end
  return { ...end, kind: 'failed', reason: `ECS gave up the rollback as well: ${end.reason}` }
}

/**
 * In `pin` mode, what a task runs is what its revision says. In `force` mode it is what the moving tag
 * pointed at when ECS pulled it, which only the task itself can tell.
 */
function unprovenOf(
  { spec: { cluster, mode }, service: { ecsService } }: Rollback,
  unreadable: readonly Unreadable[],
): Unproven {
  const serving = mode === 'force' || unreadable.some(({ what }) => what === 'targets')
  return { serving, text: unprovenText(unreadable, { cluster, ecsService }) }
}

function timedOut(reason: string): RolloutEnd {
  return { kind: 'timed_out', reason: `not rolled back in time: ${reason}`, cause: '' }
}
