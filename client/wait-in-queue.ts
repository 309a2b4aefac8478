import { setTimeout as delay } from 'node:timers/promises'
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { environmentStatus, environmentWorkflowId } from '../contract/messages.ts'
import type { ReleaseResult } from '../contract/releases.ts'
import type { EnvironmentStatus } from '../contract/environment.ts'
import { waitText } from '../text/wait-reason.ts'
import { isOutage } from './explain-error.ts'

/** What became of a release that was to wait for its turn. */
export type QueueEnd =
  | { readonly kind: 'begun' }
  /** It ended without ever having started: a newer one took its place, or somebody said no. */
  | { readonly kind: 'ended'; readonly result: ReleaseResult }

export interface TurnOptions {
  /** Told what it waits for, whenever that changes. */
  readonly onWaiting: (reason: string) => void
  readonly signal: AbortSignal
  /** Between two looks, in milliseconds. */
  readonly everyMs: number
  /** It was let in a moment ago: what has ended under its id is an earlier release. */
  readonly isNew: boolean
}

/**
 * Waits until a release has begun or its request has ended, for as long as it takes and over lost
 * connections. While it waits there is no workflow of it: its environment knows about it.
 *
 * @throws WorkflowNotFoundError where neither Temporal nor the environment knows of it
 */
export async function waitInQueue(
  client: Client,
  id: string,
  { onWaiting, signal, everyMs, isNew }: TurnOptions,
): Promise<QueueEnd> {
  let told = ''
  for (;;) {
    const seen = await pollQueue(client, id, signal, isNew)
    if (seen.kind === 'begun' || seen.kind === 'ended') return seen
    if (seen.kind === 'waits' && seen.reason !== told) {
      told = seen.reason
      onWaiting(told)
    }
    await delay(everyMs, undefined, { signal })
  }
}

type QueuePoll =
  | QueueEnd
  | { readonly kind: 'waits'; readonly reason: string }
  | { readonly kind: 'silent' }

async function pollQueue(
  client: Client,
  id: string,
  signal: AbortSignal,
  isNew: boolean,
): Promise<QueuePoll> {
  const ask = <T>(question: () => Promise<T>) =>
    client.withAbortSignal(signal, () => client.withDeadline(Date.now() + 12_000, question))
  try {
    const { status } = await ask(() => client.workflow.getHandle(id).describe())
    if (!isNew || status.name === 'RUNNING') return { kind: 'begun' }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) return silentIfOutage(error, signal)
    const found = await atTheDoor()
    if (found === undefined) throw error
    return found
  }
  // An environment remembers fifty releases: an id that it has forgotten is given again.
  const found = await atTheDoor()
  const hasRun = found === undefined || (found.kind === 'ended' && !neverBegan(found.result))
  return hasRun ? { kind: 'begun' } : found

  async function atTheDoor(): Promise<QueuePoll | undefined> {
    const environment = /^release\/([^/]+)\//.exec(id)?.[1]
    if (environment === undefined) return undefined
    try {
      const door = client.workflow.getHandle(environmentWorkflowId(environment))
      return inEnvironment(await ask(() => door.query(environmentStatus)), id)
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined
      return silentIfOutage(error, signal)
    }
  }
}

/** The run of its id is an earlier one's, and the door alone knows how this one ended. */
function neverBegan({ outcome }: ReleaseResult): boolean {
  return outcome === 'superseded'
}

function silentIfOutage(error: unknown, signal: AbortSignal): QueuePoll {
  signal.throwIfAborted()
  if (!isOutage(error)) throw error
  return { kind: 'silent' }
}

/** Where a release without a workflow stands, as its environment has it. */
function inEnvironment(status: EnvironmentStatus, id: string): QueuePoll | undefined {
  // Between leaving the queue and its first workflow task it is the running one.
  if (status.running?.id === id) return { kind: 'waits', reason: 'is about to start' }
  const waiting = status.waiting.find((one) => one.id === id)
  if (waiting !== undefined) {
    return { kind: 'waits', reason: waitText(waiting.waitsFor, status.environment) }
  }
  const superseded = status.superseded.find((one) => one.id === id)
  if (superseded !== undefined) {
    const message = `${superseded.by} took its place before it had started; nothing was touched.`
    return ended({ id, outcome: 'superseded', message, at: superseded.at })
  }
  const entry = status.releases.find((one) => one.id === id)
  if (entry === undefined) return undefined
  return ended({ id, outcome: entry.outcome, message: entry.message, at: entry.endedAt })
}

function ended(
  end: Pick<ReleaseResult, 'id' | 'outcome' | 'message'> & { readonly at: number },
): QueuePoll {
  const { at, ...told } = end
  return {
    kind: 'ended',
    result: { ...told, services: [], startedAt: at, endedAt: at, warnings: [] },
  }
}
