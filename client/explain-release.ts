import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { releaseStatus } from '../contract/messages.ts'
import type { ReleaseResult, ReleaseStatus, Step } from '../contract/releases.ts'
import { type AbortOptions, abortable } from './temporal/abort.ts'
import { callTemporal, explainingErrors } from './temporal/call.ts'
import { stepsOfHistory } from './history-steps.ts'
import { UserError } from './user-error.ts'
import { resultOfFailure } from './follow/release-result.ts'
import { requireWorkers } from './workers.ts'

/** What a release did, step by step, how it ended, and why. */
export interface Explanation {
  readonly id: string
  readonly startedAt: number
  readonly endedAt?: number
  readonly steps: readonly Step[]
  /** `history`: no worker answered, so the steps are the ones in Temporal's history. */
  readonly stepsFrom: 'release' | 'history'
  readonly warnings: readonly string[]
  readonly commit?: string
  readonly requestedBy?: string
  readonly summary?: string
  /** Absent while it runs. */
  readonly result?: ReleaseResult
}

/** A query waits for a worker: this long, in case it has gone. */
const answerWithinMs = 15_000

/**
 * Explains a release that runs or has ended, with a worker or without, as long as Temporal keeps
 * its history (the namespace's retention).
 *
 * @throws UserError if there is no such release
 */
export function explainRelease(
  client: Client,
  id: string,
  options: AbortOptions = {},
): Promise<Explanation> {
  return explainingErrors(options, () => explanationOf(client, id, options))
}

async function explanationOf(
  client: Client,
  id: string,
  options: AbortOptions,
): Promise<Explanation> {
  const handle = client.workflow.getHandle(id)
  const described = await callTemporal(client, options, () => handle.describe()).catch(
    (error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error
      throw new UserError(
        `Temporal has no release "${id}". List the releases of an environment: slipway releases <environment>. Temporal deletes a release once the namespace's retention is over.`,
      )
    },
  )
  const running = described.status.name === 'RUNNING'
  const [result, status] = await Promise.all([
    running ? undefined : resultOf(client, id, options),
    statusOf(client, id, described.taskQueue, options),
  ])
  const common = {
    id,
    startedAt: described.startTime.getTime(),
    ...(described.closeTime === undefined ? {} : { endedAt: described.closeTime.getTime() }),
    ...(result === undefined ? {} : { result }),
  }
  if (status !== undefined) {
    const { steps, warnings, commit, requestedBy, summary } = status
    return {
      ...common,
      ...(commit === undefined ? {} : { commit }),
      requestedBy,
      summary,
      steps,
      stepsFrom: 'release',
      warnings,
    }
  }
  const history = await callTemporal(client, options, () => handle.fetchHistory())
  return {
    ...common,
    ...(result?.commit === undefined ? {} : { commit: result.commit }),
    steps: await stepsOfHistory(client, history),
    stepsFrom: 'history',
    warnings: result?.warnings ?? [],
  }
}

async function resultOf(client: Client, id: string, options: AbortOptions): Promise<ReleaseResult> {
  const handle = client.workflow.getHandle(id)
  return callTemporal(client, options, async () => {
    try {
      return (await handle.result()) as ReleaseResult
    } catch (error) {
      return await resultOfFailure(handle, error)
    }
  })
}

/** The release's own record; `undefined` if no worker answers for it. */
async function statusOf(
  client: Client,
  id: string,
  taskQueue: string,
  options: AbortOptions,
): Promise<ReleaseStatus | undefined> {
  try {
    await requireWorkers(client, { release: taskQueue }, options)
    return await abortable(client, options.signal, () =>
      client.withDeadline(Date.now() + answerWithinMs, () =>
        client.workflow.getHandle(id).query(releaseStatus),
      ),
    )
  } catch {
    options.signal?.throwIfAborted()
    // The history says less, but enough.
    return undefined
  }
}
