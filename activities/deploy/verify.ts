import type { Revision, RolloutEnd, RolloutProgress } from '../../contract/activity-types.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { StartedDeployment } from '../../rollout/deployment.ts'
import { successText } from '../../text/rollout.ts'
import type { AwsClients } from '../aws/clients.ts'
import { rest } from '../polling/clock.ts'
import { pollerOf, type Poller } from '../polling/poller.ts'
import { failure } from '../temporal/failures.ts'
import { withHeartbeat } from '../temporal/heartbeat.ts'
import { waitSignal } from '../temporal/worker-shutdown.ts'
import type { Pace } from './pace.ts'
import { pollService, type ServicePoll, type VerifiedService } from './verify-service.ts'
import { checkUrls } from './verify-url.ts'
import { expectationOf } from './wait.ts'

interface VerifyInput {
  readonly spec: EnvironmentSpec
  readonly revisions: readonly Revision[]
  readonly started: readonly StartedDeployment[]
}

/**
 * Makes sure that all services stay healthy together for the stability window: ECS runs our
 * deployments, every task runs our digests, every target is healthy, and no task crashes. A moment
 * in which a service is incomplete (ECS moves a task, somebody scales) restarts the window, up to
 * the stability timeout. Tasks that ran and crashed during the rollout make the window longer than
 * they had lived, since they may be crash-looping. A crash after ECS called the rollout of its
 * service a success counts as one in the window, even if another service was still rolling out.
 * Then checks each `verifyUrl`.
 */
export async function verifyRelease(
  clients: AwsClients,
  pace: Pace,
  input: VerifyInput,
  shutdownSignal?: AbortSignal,
): Promise<RolloutEnd> {
  return await withHeartbeat(async (report) => {
    const signal = waitSignal(shutdownSignal)
    const services = servicesIn(input)
    const poller = pollerOf(clients)
    const end = await watchWindow({ poller, spec: input.spec, services, pace, signal, report })
    return end.kind === 'succeeded' ? ((await checkUrls(input.spec, pace, signal)) ?? end) : end
  })
}

function servicesIn({ spec, revisions, started }: VerifyInput): VerifiedService[] {
  return started.map((deployment) => {
    const service = spec.services.find(({ name }) => name === deployment.service)
    const revision = revisions.find((one) => one.service === deployment.service)
    if (service === undefined) {
      throw failure(
        'PreconditionFailed',
        `There is no service "${deployment.service}" in slipway.yaml.`,
      )
    }
    const { cluster } = spec
    const { serviceDeploymentArn } = deployment
    return {
      name: service.name,
      target: { cluster, service: service.ecsService, serviceDeploymentArn },
      expected: expectationOf(deployment, revision ?? { digests: {} }),
      healthy: undefined,
      crashedBefore: undefined,
      crashedLifeMs: 0,
    }
  })
}

interface Verification {
  readonly poller: Poller
  readonly spec: EnvironmentSpec
  readonly services: readonly VerifiedService[]
  readonly pace: Pace
  readonly signal: AbortSignal
  readonly report: (progress: RolloutProgress) => void
}

async function watchWindow(verification: Verification): Promise<RolloutEnd> {
  const { poller, spec, services, pace, signal, report } = verification
  const { clock } = poller
  const deadline = clock.now() + spec.stability.timeoutMs
  let healthySince: number | undefined
  for (;;) {
    const windowMs = windowOf(verification, deadline - (healthySince ?? clock.now()))
    const full = healthySince === undefined || clock.now() - healthySince >= windowMs
    const polls = await Promise.all(
      services.map((one) => pollService(poller, one, { signal, full })),
    )
    const ended = polls.find((one) => one.kind === 'ended')
    if (ended !== undefined) return ended.end
    const now = clock.now()
    const incomplete = polls.find((one) => one.kind === 'incomplete')
    healthySince = incomplete === undefined ? (healthySince ?? now) : undefined
    const crashes = crashesText(services)
    if (full && healthySince !== undefined && now - healthySince >= windowMs) {
      return successOf(services, polls, crashes)
    }
    const isLonger = windowMs > spec.stability.windowMs
    const watched = isLonger ? `; watched for ${Math.ceil(windowMs / 1_000)} s: ${crashes}` : ''
    const summary = incomplete?.summary ?? `all healthy${watched}`
    report({ service: incomplete?.service ?? 'all services', summary, observedAt: now })
    if (incomplete !== undefined && now >= deadline) {
      const why = incomplete.why ?? { cause: '' }
      return { kind: 'timed_out', reason: `did not stay healthy: ${summary}`, ...why }
    }
    const left = healthySince === undefined ? pace.farMs : windowMs - (now - healthySince)
    await rest(clock, Math.max(1, Math.min(pace.farMs, left)), signal)
  }
}

/**
 * @param mostMs time until the deadline; it bounds how much longer the window becomes, but never
 *   shortens the configured window
 */
function windowOf({ spec, services }: Verification, mostMs: number): number {
  const livedMs = Math.max(0, ...services.map(({ crashedLifeMs }) => crashedLifeMs))
  return Math.max(spec.stability.windowMs, Math.min(1.5 * livedMs, mostMs))
}

/** `3 tasks of api crashed on the way`; empty if none did. */
function crashesText(services: readonly VerifiedService[]): string {
  const counts = services.flatMap(({ name, crashedBefore }) => {
    const count = crashedBefore?.size ?? 0
    return count === 0 ? [] : [`${count} ${count === 1 ? 'task' : 'tasks'} of ${name}`]
  })
  return counts.length === 0 ? '' : `${counts.join(' and ')} crashed on the way`
}

/** @param polls one for each service, in their order */
function successOf(
  services: readonly VerifiedService[],
  polls: readonly ServicePoll[],
  crashes: string,
): RolloutEnd {
  const verdicts = polls.flatMap((one) => (one.kind === 'healthy' ? [one.verdict] : []))
  const isWeaker = verdicts.some(({ basis }) => basis === 'deployments')
  const withoutTasks = services.flatMap(({ name }, index) =>
    verdicts[index]?.running === 0 ? [name] : [],
  )
  return {
    kind: 'succeeded',
    basis: isWeaker ? 'deployments' : 'service deployment',
    summary: [...verdicts.map(successText), crashes].filter((part) => part !== '').join('; '),
    ...(withoutTasks.length === 0 ? {} : { withoutTasks }),
  }
}
