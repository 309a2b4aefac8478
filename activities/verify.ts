import { Context } from '@temporalio/activity'
import type { ServiceTarget, Target } from '../config/target.ts'
import { diagnose } from '../rollout/diagnosis.ts'
import type { ObservedTask, Observation } from '../rollout/observation.ts'
import { judge, type Expectation, type Verdict } from '../rollout/verdict.ts'
import type { AwsClients } from './aws-clients.ts'
import { failure } from './failures.ts'
import { beating } from './heartbeat.ts'
import { isPassing } from './known-errors.ts'
import type { Revision, RolloutEnd, RolloutProgress, StartedDeployment } from './types.ts'
import { askUrls } from './verify-url.ts'
import { expectationOf } from './wait.ts'
import { look, type Pace } from './watch.ts'

interface VerifyInput {
  readonly target: Target
  readonly revisions: readonly Revision[]
  readonly started: readonly StartedDeployment[]
}

/**
 * Makes sure that all services stay well together for the stability window: our deployments are
 * what ECS runs, every task of them runs our digests, every target is healthy, and no task
 * crashed. A moment in which a service is not all there (ECS moves a task, somebody scales)
 * begins the window anew, up to the stability timeout. Then asks each `verifyUrl`.
 */
export async function verifyRelease(
  clients: AwsClients,
  pace: Pace,
  input: VerifyInput,
): Promise<RolloutEnd> {
  return await beating(async (say) => {
    const services = expectedServices(input)
    const end = await keepLooking(clients, { target: input.target, services, pace, say })
    return end.kind === 'succeeded' ? ((await askUrls(input.target, pace)) ?? end) : end
  })
}

interface ExpectedService {
  readonly service: ServiceTarget
  readonly expected: Expectation
}

function expectedServices({ target, revisions, started }: VerifyInput): ExpectedService[] {
  return started.map((deployment) => {
    const service = target.services.find(({ name }) => name === deployment.service)
    const revision = revisions.find((one) => one.service === deployment.service)
    if (service === undefined) {
      throw failure('Rejected', `There is no service "${deployment.service}" in slipway.yaml.`)
    }
    return { service, expected: expectationOf(deployment, revision?.digests ?? {}) }
  })
}

interface Looking {
  readonly target: Target
  readonly services: readonly ExpectedService[]
  readonly pace: Pace
  readonly say: (progress: RolloutProgress) => void
}

async function keepLooking(clients: AwsClients, looking: Looking): Promise<RolloutEnd> {
  const { target, services, pace, say } = looking
  const { timeoutMs, windowMs } = target.stability
  const deadline = Date.now() + timeoutMs
  const crashes = new Set<string>()
  let first = true
  let wellSince: number | undefined
  for (;;) {
    const looks = await Promise.all(
      services.map((one) => lookAt(clients, { target, one, crashes, first })),
    )
    first = false
    const ended = looks.find((one) => one.kind === 'bad')
    if (ended !== undefined) return ended.end
    const now = Date.now()
    const missing = looks.find((one) => one.kind === 'missing')
    wellSince = missing === undefined ? (wellSince ?? now) : undefined
    if (wellSince !== undefined && now - wellSince >= windowMs) return allWell(looks)
    const summary = missing?.summary ?? 'all healthy'
    say({ service: missing?.service ?? 'all services', summary, observedAt: now })
    if (missing !== undefined && now >= deadline) {
      return { kind: 'timed_out', reason: `did not stay healthy: ${summary}`, cause: '' }
    }
    const rest = wellSince === undefined ? pace.farMs : windowMs - (now - wellSince)
    await Context.current().sleep(Math.max(1, Math.min(pace.farMs, rest)))
  }
}

type Looked =
  | { readonly kind: 'well'; readonly verdict: Extract<Verdict, { kind: 'succeeded' }> }
  | { readonly kind: 'missing'; readonly service: string; readonly summary: string }
  | { readonly kind: 'bad'; readonly end: RolloutEnd }

interface LookAt {
  readonly target: Target
  readonly one: ExpectedService
  /** ARNs of the tasks that had crashed at the first look, while the rollout was under way. */
  readonly crashes: Set<string>
  readonly first: boolean
}

async function lookAt(
  clients: AwsClients,
  { target, one: { service, expected }, crashes, first }: LookAt,
): Promise<Looked> {
  let observation: Observation
  try {
    observation = await look(clients, {
      cluster: target.cluster,
      service: service.service,
      expected,
    })
  } catch (error) {
    if (!isPassing(error)) throw error
    return { kind: 'missing', service: service.name, summary: 'cannot look at it' }
  }
  const verdict = judge(observation, expected)
  const dead = observation.tasks.filter((task) => hasCrashed(task, expected))
  if (first) for (const { arn } of dead) crashes.add(arn)
  const crashed = dead.find(({ arn }) => !crashes.has(arn))
  if (crashed !== undefined) {
    const reason = `${service.name}: a task stopped after it had been healthy (${crashed.stoppedReason})`
    return { kind: 'bad', end: { kind: 'failed', reason, cause: diagnose(observation, expected) } }
  }
  switch (verdict.kind) {
    case 'succeeded':
      return { kind: 'well', verdict }
    case 'progressing':
      return { kind: 'missing', service: service.name, summary: verdict.summary }
    case 'rolled_back':
    case 'failed':
    case 'replaced': {
      const reason = `${service.name}: ${verdict.reason}`
      const cause = diagnose(observation, expected)
      return { kind: 'bad', end: { kind: verdict.kind, reason, cause } }
    }
  }
}

/** Whether a task of ours died by itself; one that ECS stops to scale or to move did not. */
function hasCrashed(task: ObservedTask, expected: Expectation): boolean {
  if (task.taskDefinition !== expected.taskDefinition) return false
  if (task.startedBy.startsWith('ecs-svc/') && task.startedBy !== expected.deploymentId) {
    return false
  }
  return (
    task.stopCode === 'EssentialContainerExited' ||
    /failed .*health checks/.test(task.stoppedReason)
  )
}

function allWell(looks: readonly Looked[]): RolloutEnd {
  const verdicts = looks.flatMap((one) => (one.kind === 'well' ? [one.verdict] : []))
  const weaker = verdicts.some(({ evidence }) => evidence === 'deployments')
  return {
    kind: 'succeeded',
    evidence: weaker ? 'deployments' : 'service deployment',
    summary: verdicts.map(({ summary }) => summary).join('; '),
  }
}
