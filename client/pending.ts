import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js'
import type { RolloutProgress } from '../contract/activity-types.ts'

/** An activity that runs at this moment, or waits to be tried again. */
export interface PendingActivity {
  /** Its type: `pushImage`. */
  readonly activity: string
  /** From 1. */
  readonly attempt: number
  /** Why the last try failed; absent while the first one runs. */
  readonly lastFailure?: string
  /** What a waiting activity saw last. */
  readonly rollout?: RolloutProgress
}

/** The activities of a release that have not ended, from what Temporal says of its workflow. */
export async function pendingActivities(
  client: Client,
  description: WorkflowExecutionDescription,
): Promise<readonly PendingActivity[]> {
  const pending = description.raw.pendingActivities ?? []
  return Promise.all(
    pending.map(async ({ activityType, attempt, lastFailure, heartbeatDetails }) => {
      const details = await decodeArrayFromPayloads(
        client.options.loadedDataConverter,
        heartbeatDetails?.payloads,
      )
      const rollout = details.find(isRolloutProgress)
      return {
        activity: activityType?.name ?? 'an activity',
        attempt: attempt ?? 1,
        ...(lastFailure?.message ? { lastFailure: lastFailure.message } : {}),
        ...(rollout === undefined ? {} : { rollout }),
      }
    }),
  )
}

/** What those who wait in a release saw last; nothing where Temporal does not say in time. */
export async function rolloutsOf(client: Client, id: string): Promise<readonly RolloutProgress[]> {
  try {
    const description = await client.withDeadline(Date.now() + describeWithinMs, () =>
      client.workflow.getHandle(id).describe(),
    )
    const pending = await pendingActivities(client, description)
    return pending.flatMap(({ rollout }) => rollout ?? [])
  } catch {
    return []
  }
}

const describeWithinMs = 2_000

function isRolloutProgress(value: unknown): value is RolloutProgress {
  return (
    typeof value === 'object' &&
    value !== null &&
    'service' in value &&
    typeof value.service === 'string' &&
    'summary' in value &&
    typeof value.summary === 'string'
  )
}
