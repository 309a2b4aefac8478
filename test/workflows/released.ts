import { ApplicationFailure } from '@temporalio/activity'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import { releaseStatus } from '../../contract/messages.ts'
import { deployOf, fakes, specFor } from './fixtures.ts'
import { endOf, newQueue, startRelease, withWorker, type Harness } from './harness.ts'

export const unhealthy: RolloutEnd = {
  kind: 'rolled_back',
  reason: 'ECS rolled back',
  cause: 'The health check fails.',
}

/** For an activity that AWS does not allow. */
export const denied = async () => {
  throw ApplicationFailure.nonRetryable('not allowed', 'AccessDenied')
}

/** A release from its start to its end and the steps that people see, with the activities and the target that a test says. */
export async function releaseWith(
  harness: Harness,
  otherwise: Parameters<typeof fakes>[1],
  change: Parameters<typeof specFor>[1] = {},
) {
  const queue = newQueue()
  const fake = fakes(queue, otherwise)
  return withWorker(harness, queue, fake, async () => {
    const handle = await startRelease(harness, deployOf(specFor(queue, change)))
    const result = await endOf(handle)
    // Only a worker can answer.
    const { steps } = await handle.query(releaseStatus)
    return { result, steps, calls: fake.calls, handle, history: await handle.fetchHistory() }
  })
}
