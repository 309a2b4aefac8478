import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { environmentStatus, environmentWorkflowId } from '../../contract/messages.ts'
import type { ReleaseResult } from '../../contract/releases.ts'
import type { EnvironmentStatus } from '../../contract/environment.ts'
import { abortable, pause } from '../temporal/abort.ts'
import { isOutage, isWithoutWorker } from '../temporal/grpc-status.ts'
import { supersededBy } from '../../text/queue.ts'
import { waitText } from '../../text/wait-reason.ts'

/** Longer than the 10 s after which the server gives up on the worker that answered last. */
const queryWithinMs = 12_000

/** How the wait of a release for its turn ended. */
export type QueueEnd =
  | { readonly kind: 'begun' }
  /** It ended without having started: it was superseded or rejected. */
  | { readonly kind: 'ended'; readonly result: ReleaseResult }

export interface QueueOptions {
  /** Called with what it waits for, whenever that changes. */
  readonly onWaiting: (reason: string) => void
  readonly signal: AbortSignal | undefined
  /** Between two polls, in milliseconds. */
  readonly everyMs: number
  /** It was admitted a moment ago: what has ended under its id is an earlier release. */
  readonly isNew: boolean
}

/**
 * Waits until a release has begun or its request has ended, for as long as it takes and over lost
 * connections. A waiting release has no workflow yet: only its environment knows about it.
 *
 * @throws WorkflowNotFoundError if neither Temporal nor the environment knows the release
 */
export async function waitInQueue(
  client: Client,
  id: string,
  { onWaiting, signal, everyMs, isNew }: QueueOptions,
): Promise<QueueEnd> {
  let reported = ''
  for (;;) {
    const poll = await pollQueue(client, id, signal, isNew)
    if (poll.kind === 'begun' || poll.kind === 'ended') return poll
    if (poll.kind === 'waits' && poll.reason !== reported) {
      reported = poll.reason
      onWaiting(reported)
    }
    await pause(everyMs, signal)
  }
}

type QueuePoll =
  | QueueEnd
  | { readonly kind: 'waits'; readonly reason: string }
  | { readonly kind: 'silent' }

async function pollQueue(
  client: Client,
  id: string,
  signal: AbortSignal | undefined,
  isNew: boolean,
): Promise<QueuePoll> {
  const call = <T>(one: () => Promise<T>) =>
    abortable(client, signal, () => client.withDeadline(Date.now() + queryWithinMs, one))
  try {
    const { status } = await call(() => client.workflow.getHandle(id).describe())
    if (!isNew || status.name === 'RUNNING') return { kind: 'begun' }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) return silentIfOutage(error, signal)
    const found = await pollEnvironment()
    if (found === undefined) throw error
    return found
  }
  // An environment keeps fifty releases in its ledger: an older id is given again.
  const found = await pollEnvironment()
  const hasRun = found === undefined || (found.kind === 'ended' && !neverBegan(found.result))
  return hasRun ? { kind: 'begun' } : found

  async function pollEnvironment(): Promise<QueuePoll | undefined> {
    const environment = /^release\/([^/]+)\//.exec(id)?.[1]
    if (environment === undefined) return undefined
    try {
      const environmentHandle = client.workflow.getHandle(environmentWorkflowId(environment))
      return inEnvironment(await call(() => environmentHandle.query(environmentStatus)), id)
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined
      signal?.throwIfAborted()
      if (!isWithoutWorker(error)) return silentIfOutage(error, signal)
      const reason = `waits for a worker that answers for ${environment}: slipway worker`
      return { kind: 'waits', reason }
    }
  }
}

/** The workflow of its id is an earlier release's; only the environment knows how this one ended. */
function neverBegan({ outcome }: ReleaseResult): boolean {
  return outcome === 'superseded'
}

function silentIfOutage(error: unknown, signal: AbortSignal | undefined): QueuePoll {
  signal?.throwIfAborted()
  if (!isOutage(error)) throw error
  return { kind: 'silent' }
}

/** The state of a release without a workflow, in the status of its environment. */
function inEnvironment(status: EnvironmentStatus, id: string): QueuePoll | undefined {
  // Between the queue and its first workflow task, it is the running release.
  if (status.running?.id === id) return { kind: 'waits', reason: 'is about to start' }
  const waiting = status.waiting.find((one) => one.id === id)
  if (waiting !== undefined) {
    return { kind: 'waits', reason: waitText(waiting.waitsFor, status.environment) }
  }
  const superseded = status.superseded.find((one) => one.id === id)
  if (superseded !== undefined) {
    const message = supersededBy(superseded.by)
    return ended({ id, outcome: 'superseded', message, at: superseded.at })
  }
  const entry = status.releases.find((one) => one.id === id)
  if (entry === undefined) return undefined
  return ended({ id, outcome: entry.outcome, message: entry.message, at: entry.endedAt })
}

function ended(
  end: Pick<ReleaseResult, 'id' | 'outcome' | 'message'> & { readonly at: number },
): QueuePoll {
  const { at, ...result } = end
  return {
    kind: 'ended',
    result: { ...result, services: [], startedAt: at, endedAt: at, warnings: [] },
  }
}
