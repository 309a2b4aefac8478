import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import type { RolloutProgress } from '../../contract/activity-types.ts'
import { type AbortOptions, abortable } from '../temporal/abort.ts'
import { decodePayloads } from '../temporal/decode-payloads.ts'

/** An activity that is running, or waits for its next attempt. */
export interface PendingActivity {
  /** Its type: `pushImage`. */
  readonly activity: string
  /** From 1. */
  readonly attempt: number
  /** Why the last attempt failed; absent during the first one. */
  readonly lastFailure?: string
  /** The last poll of an activity that waits for a rollout. */
  readonly rollout?: RolloutProgress
}

/** The activities of a release that have not ended, from Temporal's description of its workflow. */
export async function pendingActivities(
  client: Client,
  description: WorkflowExecutionDescription,
): Promise<readonly PendingActivity[]> {
  const pending = description.raw.pendingActivities ?? []
  return Promise.all(
    pending.map(async ({ activityType, attempt, lastFailure, heartbeatDetails }) => {
      const details = await decodePayloads(client, heartbeatDetails?.payloads)
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

/** The rollouts that a release waits for, as last polled; empty if Temporal does not answer in time. */
export async function currentRollouts(
  client: Client,
  id: string,
  { signal }: AbortOptions = {},
): Promise<readonly RolloutProgress[]> {
  try {
    const description = await abortable(client, signal, () =>
      client.withDeadline(Date.now() + describeWithinMs, () =>
        client.workflow.getHandle(id).describe(),
      ),
    )
    const pending = await pendingActivities(client, description)
    return pending.flatMap(({ rollout }) => rollout ?? [])
  } catch {
    signal?.throwIfAborted()
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
