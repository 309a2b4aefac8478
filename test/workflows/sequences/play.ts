import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { WorkflowNotFoundError } from '@temporalio/client'
import type { EnvironmentSpec } from '../../../contract/environment-spec.ts'
import type { EnvironmentStatus } from '../../../contract/environment.ts'
import { sendUpdate } from '../../../client/send-update.ts'
import * as protocol from '../../../contract/messages.ts'
import type { PlainControl } from '../../../contract/controls.ts'
import type { DeployRequest } from '../../../contract/requests.ts'
import { imageNamed, serviceNamed } from '../../unit/environment-specs.ts'
import { deployOf, specFor } from '../fixtures.ts'
import { newQueue, resultOf, type Harness } from '../harness.ts'
import { controlledRollouts, fakesOf, startWorkers } from './environment.ts'
import { replayAll } from './replay-all.ts'
import type { Sequence, Step } from './steps.ts'

/** Many times what any answer takes, on a busy machine, too. */
const answerMs = 60_000

/**
 * Plays a sequence on an environment of its own, and replays every resulting history in full.
 *
 * @throws if the environment stops answering, a request has no end or two, or a history does not replay
 */
export async function play(harness: Harness, sequence: Sequence): Promise<void> {
  const queues = [newQueue(), newQueue()] as const
  const rollouts = controlledRollouts()
  const workers = await startWorkers(
    harness,
    queues,
    fakesOf(queues[0], rollouts),
    sequence.cachedWorkflows,
  )
  const environment = await startEnvironment(harness, queues, sequence)
  const run: StepRunner = { harness, environment, queues, sequence, rollouts, workers }
  try {
    for (const step of sequence.steps) await inTime(step.kind, playStep(run, step))
    await inTime('come to an end', finish(run))
    await workers.replace()
    const status = await inTime('answer a new worker', environment.status())
    assertOneEndEach(environment.accepted, status)
    await inTime(
      'replay',
      replayAll(harness, environment.handle.workflowId, environment.firstRunId, status),
    )
  } finally {
    rollouts.set('live')
    await workers.stop()
    await environment.handle.terminate().catch(() => {})
  }
}

interface StepRunner {
  readonly harness: Harness
  readonly environment: Awaited<ReturnType<typeof startEnvironment>>
  readonly queues: readonly [string, string]
  readonly sequence: Sequence
  readonly rollouts: ReturnType<typeof controlledRollouts>
  readonly workers: Awaited<ReturnType<typeof startWorkers>>
}

async function startEnvironment(
  { env }: Harness,
  [first]: readonly [string, string],
  { needsApproval, policy }: Sequence,
) {
  const usual = specFor(first)
  const spec: EnvironmentSpec = {
    ...usual,
    environment: first,
    checks: { commands: [], timeoutMs: 1_000 },
    images: [imageNamed('api')],
    services: [serviceNamed('api')],
    admission: {
      ...usual.admission,
      policy,
      ...(needsApproval ? { approval: { timeoutMs: 500 } } : {}),
    },
  }
  const handle = await env.client.workflow.start(protocol.environmentWorkflow, {
    workflowId: protocol.environmentWorkflowId(first),
    taskQueue: first,
    args: [{ environment: first, project: spec.project, taskQueue: first }],
  })
  const status = (): Promise<EnvironmentStatus> =>
    env.client.workflow.getHandle(handle.workflowId).query(protocol.environmentStatus)
  return {
    spec,
    handle: env.client.workflow.getHandle(handle.workflowId),
    firstRunId: handle.firstExecutionRunId,
    status,
    /** Ids of the releases that an Update has admitted. */
    accepted: new Set<string>(),
  }
}

async function playStep(run: StepRunner, step: Step): Promise<void> {
  const { environment, rollouts, workers } = run
  switch (step.kind) {
    case 'burst':
      await Promise.all(step.steps.map((one) => playStep(run, one)))
      return
    case 'rollouts':
      return rollouts.set(step.rollouts)
    case 'replace the worker':
      await environment.status()
      return workers.replace()
    case 'cancel the workflow in Temporal':
      await environment.handle.cancel()
      return
    case 'wait for the release':
      return untilReleased(run)
    case 'control':
    case 'deploy':
    case 'freeze for a moment':
    case 'malformed signal':
    case 'redeploy':
    case 'rollback':
      return send(run, step)
  }
}

type Message = Extract<Step, { readonly way: unknown } | { readonly kind: 'malformed signal' }>

/** Sends a request or a control, as a command would. A rejection is an answer, too. */
async function send(run: StepRunner, step: Message): Promise<void> {
  const { handle, spec, accepted } = run.environment
  const { name, body } = messageOf(run, step)
  if (!('way' in step) || step.way === 'signal') return handle.signal(name, body)
  const updateId = randomUUID()
  try {
    const answer = await sendUpdate(run.harness.env.client, spec.environment, () =>
      handle.executeUpdate<unknown, [unknown]>(name, { args: [body], updateId }),
    )
    if (typeof answer === 'object' && answer !== null && 'releaseId' in answer) {
      accepted.add(String(answer.releaseId))
    }
  } catch (failure) {
    if (!inspect(failure, { depth: 10 }).includes(`type: '${protocol.rejectedUpdate}'`))
      throw failure
  }
}

function messageOf({ environment: { spec }, queues }: StepRunner, step: Message) {
  switch (step.kind) {
    case 'deploy':
      return { name: 'release', body: deploy(spec, queues[step.queue] ?? queues[0], step.commit) }
    case 'redeploy':
      return { name: 'release', body: { kind: 'redeploy', spec, requestedBy: 'ann' } }
    case 'rollback': {
      const to = step.to === undefined ? {} : { to: commitOf(step.to) }
      return { name: 'rollback', body: { requestedBy: 'ann', ...to } }
    }
    case 'control': {
      const reason = step.control === 'freeze' ? { reason: 'incident' } : {}
      return { name: step.control, body: { requestedBy: 'ann', ...reason } }
    }
    case 'freeze for a moment': {
      const until = new Date(Date.now() + 300).toISOString()
      return { name: 'freeze', body: { until, reason: 'incident' } }
    }
    case 'malformed signal':
      return { name: step.name, body: { nonsense: true } }
  }
}

const commitOf = (number: number) => `${number}${'a'.repeat(39)}`

function deploy(spec: EnvironmentSpec, release: string, commit: number): DeployRequest {
  const taskQueues = { ...spec.taskQueues, release }
  return deployOf({ ...spec, taskQueues }, { commit: commitOf(commit) })
}

/**
 * Waits until the running release has ended, unless it is held or paused. Asks the environment only
 * once: with nothing cached, each query would evict the release.
 */
async function untilReleased({ harness, environment, rollouts }: StepRunner): Promise<void> {
  const { running } = await environment.status()
  if (running === undefined || running.paused !== undefined || rollouts.areHeld()) return
  try {
    await resultOf(harness.env.client.workflow.getHandle(running.id))
  } catch (failure) {
    // Temporal is just starting it.
    if (!(failure instanceof WorkflowNotFoundError)) throw failure
  }
}

/** Lets everything come to its end: held and paused releases, frozen ones and those to be approved. */
async function finish(run: StepRunner): Promise<void> {
  const { environment, rollouts } = run
  const control = (what: PlainControl) =>
    send(run, { kind: 'control', way: 'update', control: what })
  rollouts.set('live')
  for (;;) {
    const { running, waiting, freeze } = await environment.status()
    if (running === undefined && waiting.length === 0) return
    if (freeze !== undefined) await control('unfreeze')
    if (running?.paused !== undefined) await control('resume')
    const [first] = waiting
    if (first?.approval?.kind === 'needed') {
      await environment.handle.signal('approve', { release: first.id })
    }
    if (running !== undefined) await untilReleased(run)
  }
}

function assertOneEndEach(accepted: ReadonlySet<string>, status: EnvironmentStatus): void {
  for (const id of accepted) {
    const ends = [...status.releases, ...status.superseded].filter((one) => one.id === id)
    assert.equal(ends.length, 1, `${id} has ${ends.length} ends`)
  }
}

async function inTime<T>(what: string, work: Promise<T>): Promise<T> {
  const deadline = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => deadline.reject(new Error(`"${what}" took longer than ${answerMs / 1_000} s`)),
    answerMs,
  )
  try {
    return await Promise.race([work, deadline.promise])
  } finally {
    clearTimeout(timer)
  }
}
