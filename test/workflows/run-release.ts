import { ApplicationFailure } from '@temporalio/activity'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import { releaseStatus } from '../../contract/messages.ts'
import { deployOf, fakes, specFor } from './fixtures.ts'
import { resultOf, newQueue, startRelease, withWorker, type Harness } from './harness.ts'

export const unhealthy: RolloutEnd = {
  kind: 'rolled_back',
  reason: 'ECS rolled back',
  cause: 'The health check fails.',
}

/** An activity that AWS denies. */
export const denied = async () => {
  throw ApplicationFailure.nonRetryable('not allowed', 'AccessDenied')
}

/**
 * Runs a release to its end, with the activities and the changes to the spec that a test gives.
 * Returns its result, its steps as people see them, and the calls of activities.
 */
export async function runRelease(
  harness: Harness,
  otherwise: Parameters<typeof fakes>[1],
  change: Parameters<typeof specFor>[1] = {},
) {
  const queue = newQueue()
  const fake = fakes(queue, otherwise)
  return withWorker(harness, queue, fake, async () => {
    const handle = await startRelease(harness, deployOf(specFor(queue, change)))
    const result = await resultOf(handle)
    // A query needs a worker.
    const { steps } = await handle.query(releaseStatus)
    return { result, steps, calls: fake.calls, handle, history: await handle.fetchHistory() }
  })
}
