import {
  type RollBackServiceInput,
  withRunningCopy,
  deployRollbackTarget,
  existingRollback,
  stopDeployment,
  type RollbackDeployment,
} from './start-rollback.ts'
import type { ServiceSpec } from '../../contract/environment-spec.ts'
import { type Observation, primaryOf } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { withHeartbeat } from '../temporal/heartbeat.ts'
import { isTransient } from '../aws/errors.ts'
import { waitSignal } from '../temporal/worker-shutdown.ts'
import type { Pace } from './pace.ts'
import { rest } from '../polling/clock.ts'
import { pollerOf, type PollTarget, type Poller } from '../polling/poller.ts'
import { isRollingBack, nextRollbackStep } from '../../rollout/next-rollback-step.ts'
import type { RolloutEnd, RolloutProgress } from '../../contract/activity-types.ts'
import type { RollbackTarget } from '../../rollout/deployment.ts'
import { rolloutEndOf } from './wait.ts'
import { watchRollout } from './watch.ts'
import { type WatchedRollout } from './watched.ts'

/**
 * Takes a service back and waits until what ran before runs again, healthy. It looks before each
 * step, so that it can be tried again at any point: what is on its way back already is only waited
 * for; a deployment of ours in flight is stopped, so that ECS rolls it back; anything else is
 * updated to the recorded task definition, or to a copy of it where that was deregistered.
 */
export async function rollBackService(
  clients: AwsClients,
  pace: Pace,
  input: RollBackServiceInput,
  shutdownSignal?: AbortSignal,
): Promise<RolloutEnd> {
  return await withHeartbeat((say) => {
    const signal = waitSignal(shutdownSignal)
    return goBack(clients, { ...input, poller: pollerOf(clients), pace, signal, say })
  })
}

interface GoingBack extends RollBackServiceInput {
  readonly poller: Poller
  readonly pace: Pace
  readonly signal: AbortSignal
  readonly say: (progress: RolloutProgress) => void
}

async function goBack(clients: AwsClients, going: GoingBack): Promise<RolloutEnd> {
  const { poller, spec, service, to, started, deadline, say } = going
  const { clock } = poller
  let stopRefused = false
  for (;;) {
    const observation = await lookNow(going)
    const { status } = observation.service
    if (status !== 'ACTIVE') {
      const reason = `service "${service.ecsService}" is ${status}: there is no bringing it back`
      return { kind: 'failed', reason, cause: '' }
    }
    if (!to.hasSucceeded) return withNothingBefore(going, observation)
    const step = nextRollbackStep(observation, {
      mode: spec.mode,
      to: await withRunningCopy(clients, going, observation),
      stopRefused,
      ...(started === undefined ? {} : { started }),
    })
    switch (step.kind) {
      case 'wait for':
        return await waitFor(going, existingRollback(step.deployment, to, observation))
      case 'update':
        return await waitFor(going, await deployRollbackTarget(clients, going, step.force))
      case 'stop':
        stopRefused = !(await stopDeployment(clients, step.serviceDeploymentArn))
        break
      case 'leave':
        return { kind: 'replaced', reason: step.reason, cause: '' }
      case 'watch ECS': {
        if (clock.now() >= deadline) return outOfTime(step.reason)
        say({ service: service.name, summary: step.reason, observedAt: clock.now() })
        await untilItMoves(going)
      }
    }
  }
}

/** A deployment that was refused leaves things as they were; one that was made, no way back. */
function withNothingBefore(
  { service: { ecsService }, to, started }: GoingBack,
  observation: Observation,
): RolloutEnd {
  if (started === undefined && primaryOf(observation)?.id === to.deploymentId) {
    const summary = `nothing was changed in service "${ecsService}"`
    return { kind: 'succeeded', basis: 'deployments', summary }
  }
  const reason = `nothing ever ran well in service "${ecsService}", so there is nothing to go back to: ECS keeps it as it is`
  return { kind: 'failed', reason, cause: '' }
}

async function lookNow(going: GoingBack): Promise<Observation> {
  const { poller, deadline, signal } = going
  const { clock } = poller
  for (;;) {
    try {
      return await poller.observe(lookAt(going), { due: clock.now(), signal })
    } catch (error) {
      if (!isTransient(error) || clock.now() >= deadline) throw error
      await takeBreath(going)
    }
  }
}

function lookAt({ spec, service, started }: GoingBack): PollTarget {
  const { serviceDeploymentArn } = started ?? {}
  return { cluster: spec.cluster, service: service.ecsService, serviceDeploymentArn }
}

/** Until ECS has gone on with its rollback, as far as a cheap look can tell. */
async function untilItMoves(going: GoingBack): Promise<void> {
  const { poller, started, deadline, signal } = going
  const { clock } = poller
  do {
    await takeBreath(going)
    if (started?.serviceDeploymentArn === undefined) return
    try {
      const when = { due: clock.now(), signal }
      const record = await poller.record(started.serviceDeploymentArn, when)
      if (record === 'unavailable' || !isRollingBack(record)) return
    } catch (error) {
      if (!isTransient(error)) throw error
    }
  } while (clock.now() < deadline)
}

async function takeBreath({ poller, pace, signal }: GoingBack): Promise<void> {
  await rest(poller.clock, 2 * pace.nearEndMs * (1 + Math.random()), signal)
}

/** Waits until a deployment that leads back has got there. */
async function waitFor(going: GoingBack, deployment: RollbackDeployment): Promise<RolloutEnd> {
  const { poller, spec, service, to, deadline, pace, signal, say } = going
  const { serviceDeploymentArn, continues } = deployment
  const watched: WatchedRollout = {
    cluster: spec.cluster,
    name: service.name,
    service: service.ecsService,
    expected: {
      taskDefinition: deployment.taskDefinition,
      deploymentId: deployment.id,
      digests: ofContainers(service, to.digests),
      ...(serviceDeploymentArn === undefined ? {} : { serviceDeploymentArn }),
      ...(continues === undefined ? {} : { continues }),
    },
    deadline,
    pace,
    signal,
    say,
  }
  const end = await rolloutEndOf(poller, watched, await watchRollout(poller, watched))
  if (end.kind === 'succeeded') {
    const { taskDefinition: copy } = deployment
    return copy === to.taskDefinition ? end : { ...end, copy }
  }
  if (end.kind !== 'rolled_back') return end
  return { ...end, kind: 'failed', reason: `ECS gave up on the way back as well: ${end.reason}` }
}

/** A sidecar on a moving tag may well be a newer one by now: that is not what is taken back. */
function ofContainers({ containers }: ServiceSpec, digests: RollbackTarget['digests']) {
  return Object.fromEntries(
    Object.entries(digests).filter(([name]) => containers[name] !== undefined),
  )
}

function outOfTime(reason: string): RolloutEnd {
  return { kind: 'timed_out', reason: `not back in time: ${reason}`, cause: '' }
}
