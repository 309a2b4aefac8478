import { ECSClient, UpdateServiceCommand, type DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { until } from '../../../local/process/until.ts'
import { fastTimings } from '../../../simulator/ecs/index.ts'
import type { Simulator } from '../../../simulator/start.ts'
import { activities, startFastAccount } from './fast-account.ts'
import { trafficShiftingService } from './traffic-shifting-service.ts'

let number = 0

/** Starts an account whose stages last long enough for each to be observed. */
export const startTrafficShiftingAccount = (): Promise<Simulator> =>
  startFastAccount({ ...fastTimings, stage: 5_000 })

export const startService = (configuration: DeploymentConfiguration) => {
  number += 1
  return trafficShiftingService(activities, `api-${number}`, configuration)
}

type TrafficShiftingService = Awaited<ReturnType<typeof startService>>

export const pauseAt = (...lifecycleStages: 'POST_SCALE_UP'[]) =>
  ({ targetType: 'PAUSE', lifecycleStages }) as const

/** Adds hooks to a live service, whose first deployment ran without them. */
export async function addHooks(
  api: TrafficShiftingService,
  lifecycleHooks: DeploymentConfiguration['lifecycleHooks'],
): Promise<void> {
  await new ECSClient().send(
    new UpdateServiceCommand({
      cluster: 'mailman',
      service: api.spec.services[0]?.ecsService,
      deploymentConfiguration: { lifecycleHooks },
    }),
  )
}

export const untilReported = (summaries: readonly string[], words: string) =>
  until(() => Promise.resolve(summaries.join().includes(words)), {
    what: `the wait to report "${words}"`,
    timeoutMs: 30_000,
  })
