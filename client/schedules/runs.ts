import {
  type Client,
  type ScheduleDescription,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { ScheduledResult } from '../../contract/schedules.ts'
import { errorMessage } from '../temporal/error-message.ts'

/** One run of a schedule. */
export interface ScheduledRun {
  readonly workflowId: string
  /** ISO 8601. */
  readonly at: string
  /** Of the release, or `skipped`; `running` until its end; `unknown` after the retention. */
  readonly outcome: string
  /** Empty while it runs. */
  readonly message: string
}

/** The last runs of a schedule, newest first, each with how it ended. */
export async function runsOf(
  client: Client,
  { info }: ScheduleDescription,
  most: number,
): Promise<readonly ScheduledRun[]> {
  const recent = info.recentActions.toReversed().slice(0, most)
  return Promise.all(
    recent.map(async ({ takenAt, action: { workflow } }) => ({
      workflowId: workflow.workflowId,
      at: takenAt.toISOString(),
      ...(await runEndOf(client, workflow.workflowId, workflow.firstExecutionRunId)),
    })),
  )
}

async function runEndOf(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<Pick<ScheduledRun, 'outcome' | 'message'>> {
  try {
    const handle = client.workflow.getHandle(workflowId, runId)
    if ((await handle.describe()).status.name === 'RUNNING') {
      return { outcome: 'running', message: '' }
    }
    const { outcome, message } = (await handle.result()) as ScheduledResult
    return { outcome, message }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { outcome: 'unknown', message: '' }
    if (!(error instanceof WorkflowFailedError)) throw error
    const { cause } = error
    const outcome = cause instanceof ApplicationFailure ? cause.type : undefined
    return { outcome: outcome ?? 'failed', message: errorMessage(error) }
  }
}
