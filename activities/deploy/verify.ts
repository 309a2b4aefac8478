import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { crashedSinceSuccess, crashedTasks, longestCrashedLife } from '../../rollout/crashes.ts'
import { isUnchanged } from '../../rollout/preliminary-verdict.ts'
import type { ObservedService, Observation } from '../../rollout/observation.ts'
import { judge, type Verdict } from '../../rollout/verdict.ts'
import { type Expectation } from '../../rollout/expectation.ts'
import { failureText, progressText, successText } from '../../text/rollout.ts'
import { stopCauseOf, type StopCause } from '../../rollout/stop-cause.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure } from '../temporal/failures.ts'
import { withHeartbeat } from '../temporal/heartbeat.ts'
import { isExpired, isTransient } from '../aws/errors.ts'
import { waitSignal } from '../temporal/worker-shutdown.ts'
import type { Pace } from './pace.ts'
import { rest } from '../polling/clock.ts'
import { pollerOf, type PollTarget as What, type Poller } from '../polling/poller.ts'
import type { Revision, RolloutEnd, RolloutProgress } from '../../contract/activity-types.ts'
import type { StartedDeployment } from '../../rollout/deployment.ts'
import { askUrls } from './verify-url.ts'
import { expectationOf } from './wait.ts'

interface VerifyInput {
  readonly spec: EnvironmentSpec
  readonly revisions: readonly Revision[]
  readonly started: readonly StartedDeployment[]
}

/**
 * Makes sure that all services stay well together for the stability window: our deployments are
 * what ECS runs, every task of them runs our digests, every target is healthy, and no task
 * crashed. A moment in which a service is not all there (ECS moves a task, somebody scales)
 * begins the window anew, up to the stability timeout. Tasks that ran and crashed while the rollout
 * was under way make the window longer than they had lived: they may be dying for ever. A crash
 * since ECS called the rollout of its service a success counts as one in the window, though that of
 * another service went on. Then asks each `verifyUrl`.
 */
export async function verifyRelease(
  clients: AwsClients,
  pace: Pace,
  input: VerifyInput,
  shutdownSignal?: AbortSignal,
): Promise<RolloutEnd> {
  return await withHeartbeat(async (say) => {
    const signal = waitSignal(shutdownSignal)
    const services = servicesIn(input)
    const poller = pollerOf(clients)
    const end = await keepLooking({ poller, spec: input.spec, services, pace, signal, say })
    return end.kind === 'succeeded' ? ((await askUrls(input.spec, pace, signal)) ?? end) : end
  })
}

interface VerifiedService {
  readonly name: string
  readonly what: What
  readonly expected: Expectation
  /** The last closer look, if all was well then. */
  well: { readonly service: ObservedService; readonly looked: Well } | undefined
  /** ARNs of the tasks that had crashed at the first look, and before the rollout had succeeded. */
  crashedBefore: ReadonlySet<string> | undefined
  /** How long those had lived at most, in milliseconds. */
  crashedLifeMs: number
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
      what: { cluster, service: service.ecsService, serviceDeploymentArn },
      expected: expectationOf(deployment, revision?.digests ?? {}),
      well: undefined,
      crashedBefore: undefined,
      crashedLifeMs: 0,
    }
  })
}

interface Looking {
  readonly poller: Poller
  readonly spec: EnvironmentSpec
  readonly services: readonly VerifiedService[]
  readonly pace: Pace
  readonly signal: AbortSignal
  readonly say: (progress: RolloutProgress) => void
}

async function keepLooking(looking: Looking): Promise<RolloutEnd> {
  const { poller, spec, services, pace, signal, say } = looking
  const { clock } = poller
  const deadline = clock.now() + spec.stability.timeoutMs
  let wellSince: number | undefined
  for (;;) {
    const windowMs = windowOf(looking, deadline - (wellSince ?? clock.now()))
    const closely = wellSince === undefined || clock.now() - wellSince >= windowMs
    const looks = await Promise.all(services.map((one) => lookAt(looking, one, closely)))
    const ended = looks.find((one) => one.kind === 'bad')
    if (ended !== undefined) return ended.end
    const now = clock.now()
    const missing = looks.find((one) => one.kind === 'missing')
    wellSince = missing === undefined ? (wellSince ?? now) : undefined
    const crashes = crashesOnTheWay(services)
    if (closely && wellSince !== undefined && now - wellSince >= windowMs) {
      return allWell(looks, crashes)
    }
    const longer = windowMs > spec.stability.windowMs
    const watched = longer ? `; watched for ${Math.ceil(windowMs / 1_000)} s: ${crashes}` : ''
    const summary = missing?.summary ?? `all healthy${watched}`
    say({ service: missing?.service ?? 'all services', summary, observedAt: now })
    if (missing !== undefined && now >= deadline) {
      const why = missing.why ?? { cause: '' }
      return { kind: 'timed_out', reason: `did not stay healthy: ${summary}`, ...why }
    }
    const left = wellSince === undefined ? pace.farMs : windowMs - (now - wellSince)
    await rest(clock, Math.max(1, Math.min(pace.farMs, left)), signal)
  }
}

/** @param mostMs what is left until the deadline; the window that was asked for is kept in any case */
function windowOf({ spec, services }: Looking, mostMs: number): number {
  const livedMs = Math.max(0, ...services.map(({ crashedLifeMs }) => crashedLifeMs))
  return Math.max(spec.stability.windowMs, Math.min(1.5 * livedMs, mostMs))
}

interface Well {
  readonly kind: 'well'
  readonly verdict: Extract<Verdict, { kind: 'succeeded' }>
}

type PolledServices =
  | Well
  | {
      readonly kind: 'missing'
      readonly service: string
      readonly summary: string
      readonly why?: StopCause
    }
  | { readonly kind: 'bad'; readonly end: RolloutEnd }

/**
 * As long as the service itself says that nothing has happened since a closer look at which all
 * was well, all is well; the first and the last look are close ones.
 */
async function lookAt(
  { poller, signal }: Looking,
  one: VerifiedService,
  closely: boolean,
): Promise<PolledServices> {
  const when = { due: poller.clock.now(), signal }
  try {
    if (!closely && one.well !== undefined) {
      const service = await poller.service(one.what, when)
      if (isUnchanged(one.well.service, service)) return one.well.looked
    }
    const observation = await poller.observe(one.what, when)
    const looked = judgeLook(one, observation)
    one.well = looked.kind === 'well' ? { service: observation.service, looked } : undefined
    return looked
  } catch (error) {
    if (signal.aborted || !(isTransient(error) || isExpired(error))) throw error
    return { kind: 'missing', service: one.name, summary: 'cannot look at it' }
  }
}

function judgeLook(one: VerifiedService, observation: Observation): PolledServices {
  const { name, expected } = one
  const verdict = judge(observation, expected)
  const why = stopCauseOf([observation], expected)
  // One that did not start leaves a gap, which the verdict sees.
  const dead = crashedTasks(observation, expected).filter(
    ({ startedAt, stopCode }) => startedAt !== undefined || stopCode !== 'TaskFailedToStart',
  )
  if (one.crashedBefore === undefined) {
    const since = new Set(crashedSinceSuccess(observation, expected).map(({ arn }) => arn))
    one.crashedBefore = new Set(dead.flatMap(({ arn }) => (since.has(arn) ? [] : [arn])))
    one.crashedLifeMs = longestCrashedLife(observation, expected)
  }
  const crashed = dead.find(({ arn }) => one.crashedBefore?.has(arn) === false)
  if (crashed !== undefined) {
    const reason = `${name}: a task stopped after it had been healthy (${crashed.stoppedReason})`
    return { kind: 'bad', end: { kind: 'failed', reason, ...why } }
  }
  switch (verdict.kind) {
    case 'succeeded':
      return { kind: 'well', verdict }
    case 'progressing':
      return { kind: 'missing', service: name, summary: progressText(verdict.progress), why }
    case 'rolled_back':
    case 'failed':
    case 'replaced': {
      const reason = `${name}: ${failureText(verdict)}`
      return { kind: 'bad', end: { kind: verdict.kind, reason, ...why } }
    }
  }
}

/** `3 tasks of api crashed on the way`; empty where none did. */
function crashesOnTheWay(services: readonly VerifiedService[]): string {
  const counts = services.flatMap(({ name, crashedBefore }) => {
    const count = crashedBefore?.size ?? 0
    return count === 0 ? [] : [`${count} ${count === 1 ? 'task' : 'tasks'} of ${name}`]
  })
  return counts.length === 0 ? '' : `${counts.join(' and ')} crashed on the way`
}

function allWell(looks: readonly PolledServices[], crashes: string): RolloutEnd {
  const verdicts = looks.flatMap((one) => (one.kind === 'well' ? [one.verdict] : []))
  const weaker = verdicts.some(({ basis }) => basis === 'deployments')
  return {
    kind: 'succeeded',
    basis: weaker ? 'deployments' : 'service deployment',
    summary: [...verdicts.map(successText), crashes].filter((part) => part !== '').join('; '),
  }
}
