import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { Worker } from '@temporalio/worker'
import type { RolloutEnd } from '../../../contract/activity-types.ts'
import { fakes, live, type Fakes } from '../fixtures.ts'
import type { Harness } from '../harness.ts'
import type { Rollouts } from './steps.ts'

const unhealthy: RolloutEnd = {
  kind: 'failed',
  reason: 'unhealthy targets',
  cause: 'Health checks failed.',
}

/** Rollouts that end as they are told to, also those that are waited for already. */
export function controlledRollouts() {
  let now: Rollouts = 'live'
  let changed = Promise.withResolvers<void>()
  const areHeld = () => now === 'held'

  async function waitForRollout(): Promise<RolloutEnd> {
    const context = Context.current()
    const heartbeat = setInterval(() => context.heartbeat(), 20)
    try {
      while (areHeld()) await Promise.race([changed.promise, context.cancelled])
    } catch (failure) {
      const { reason } = context.cancellationSignal
      throw String(reason).includes('SHUTDOWN') ? tryAgain() : failure
    } finally {
      clearInterval(heartbeat)
    }
    return now === 'live' ? live : unhealthy
  }

  return {
    waitForRollout,
    areHeld,
    set(rollouts: Rollouts) {
      now = rollouts
      changed.resolve()
      changed = Promise.withResolvers<void>()
    },
  }
}

/** As the real wait fails when its worker stops. */
function tryAgain(): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'WorkerShutdown',
    message: 'The worker stops.',
    nextRetryDelay: '1 millisecond',
  })
}

/** Workers for some task queues, which can be replaced by others that have seen nothing before. */
export interface Workers {
  replace(): Promise<void>
  stop(): Promise<void>
}

export async function startWorkers(
  harness: Harness,
  queues: readonly string[],
  { activities }: Fakes,
  cachedWorkflows: number,
): Promise<Workers> {
  const start = async () => {
    const workers = await Promise.all(
      queues.map((taskQueue) =>
        Worker.create({
          connection: harness.env.nativeConnection,
          taskQueue,
          identity: 'test worker',
          workflowBundle: harness.bundle,
          activities,
          maxCachedWorkflows: cachedWorkflows,
          // A worker that has gone must not keep its workflows waiting.
          stickyQueueScheduleToStartTimeout: '100 milliseconds',
          maxHeartbeatThrottleInterval: 1,
          defaultHeartbeatThrottleInterval: 1,
        }),
      ),
    )
    const running = Promise.all(workers.map((worker) => worker.run()))
    return async () => {
      for (const worker of workers) worker.shutdown()
      await running
    }
  }
  let stop = await start()
  return {
    async replace() {
      await stop()
      stop = await start()
    },
    stop: () => stop(),
  }
}

export function fakesOf(queue: string, rollouts: ReturnType<typeof controlledRollouts>): Fakes {
  return fakes(queue, { waitForRollout: rollouts.waitForRollout })
}
