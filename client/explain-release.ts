import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { releaseStatus } from '../contract/messages.ts'
import type { ReleaseResult, ReleaseStatus, Step } from '../contract/releases.ts'
import { explained } from './explain-error.ts'
import { stepsOfHistory } from './history-steps.ts'
import { persistently } from './retry-outages.ts'
import { UserError } from './user-error.ts'
import { resultOfFailure } from './release-result.ts'
import { requireWorkers } from './workers.ts'

/** What became of a release, step by step, and why. */
export interface Explanation {
  readonly id: string
  readonly startedAt: number
  readonly endedAt?: number
  readonly steps: readonly Step[]
  /** `history`: no worker could be asked, so the steps are as Temporal saw them. */
  readonly stepsFrom: 'release' | 'history'
  readonly warnings: readonly string[]
  readonly commit?: string
  readonly requestedBy?: string
  readonly summary?: string
  /** Absent while it runs. */
  readonly result?: ReleaseResult
}

/** A query waits for a worker; one that is gone is not waited for longer than this. */
const answerWithinMs = 15_000

/**
 * Tells a release from its workflow, whether it runs or has ended, with a worker or without, as
 * long as Temporal keeps its history (the namespace's retention).
 *
 * @throws Refusal where there is no such release
 */
export async function explainRelease(client: Client, id: string): Promise<Explanation> {
  const handle = client.workflow.getHandle(id)
  const described = await persistently(() => handle.describe()).catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw explained(error)
    throw new UserError(
      `Temporal has no release "${id}": see the ones there are with "slipway releases <environment>". Those that ended longer ago than the namespace's retention are gone from it.`,
    )
  })
  const running = described.status.name === 'RUNNING'
  const [result, status] = await Promise.all([
    running ? undefined : resultOf(client, id),
    statusOf(client, id, described.taskQueue),
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
  const history = await persistently(() => handle.fetchHistory())
  return {
    ...common,
    ...(result?.commit === undefined ? {} : { commit: result.commit }),
    steps: await stepsOfHistory(client, history),
    stepsFrom: 'history',
    warnings: result?.warnings ?? [],
  }
}

async function resultOf(client: Client, id: string): Promise<ReleaseResult> {
  const handle = client.workflow.getHandle(id)
  try {
    return (await handle.result()) as ReleaseResult
  } catch (error) {
    return await resultOfFailure(handle, error)
  }
}

/** The release's own record, or undefined where no worker answers for it. */
async function statusOf(
  client: Client,
  id: string,
  taskQueue: string,
): Promise<ReleaseStatus | undefined> {
  try {
    await requireWorkers(client, { release: taskQueue })
    return await client.withDeadline(Date.now() + answerWithinMs, () =>
      client.workflow.getHandle(id).query(releaseStatus),
    )
  } catch {
    // The history tells as well, only less.
    return undefined
  }
}
