import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { Stage, StagedRecord } from './records.ts'

/** One stop of a deployment on its way through the stages. */
export interface StageStep {
  readonly stage: Stage
  /** Percent of production traffic that green gets here. */
  readonly production?: number
  /** How long traffic is watched here, in milliseconds. */
  readonly bakeMs?: number
}

const minute = 60_000

/**
 * The steps of a deployment, in order: the stages of the ECS developer guide ("Deployment
 * lifecycle stages"), with one shift of production traffic for each step of the strategy. A first
 * deployment has nobody to shift traffic from, so that it takes all at once and bakes nothing.
 */
export function stageSteps(
  configuration: DeploymentConfiguration,
  { blue, reconciles }: Pick<StagedRecord, 'blue' | 'reconciles'>,
): StageStep[] {
  const isFirst = blue === undefined
  const shifts = isFirst ? [{ production: 100 }] : trafficSteps(configuration)
  const bakeMs = isFirst ? 0 : (configuration.bakeTimeInMinutes ?? 0) * minute
  return [
    ...(reconciles ? [{ stage: 'RECONCILE_SERVICE' } as const] : []),
    { stage: 'PRE_SCALE_UP' },
    { stage: 'SCALE_UP' },
    { stage: 'POST_SCALE_UP' },
    { stage: 'TEST_TRAFFIC_SHIFT' },
    { stage: 'POST_TEST_TRAFFIC_SHIFT' },
    ...shifts.flatMap((step) => [
      { stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' } as const,
      { stage: 'PRODUCTION_TRAFFIC_SHIFT', ...step } as const,
    ]),
    { stage: 'POST_PRODUCTION_TRAFFIC_SHIFT' },
    ...(isFirst ? [] : [{ stage: 'BAKE_TIME', bakeMs } as const]),
    { stage: 'CLEAN_UP' },
  ]
}

interface TrafficStep {
  readonly production: number
  readonly bakeMs?: number
}

/** The last one is watched in `BAKE_TIME`, not here ("last step bake time is skipped"). */
function trafficSteps(configuration: DeploymentConfiguration): TrafficStep[] {
  const all = { production: 100 }
  switch (configuration.strategy) {
    case 'CANARY': {
      const { canaryPercent = 5, canaryBakeTimeInMinutes = 10 } =
        configuration.canaryConfiguration ?? {}
      if (canaryPercent >= 100) return [all]
      return [{ production: canaryPercent, bakeMs: canaryBakeTimeInMinutes * minute }, all]
    }
    case 'LINEAR': {
      const { stepPercent = 10, stepBakeTimeInMinutes = 6 } =
        configuration.linearConfiguration ?? {}
      // Percentages are multiples of 0.1, which binary fractions are not.
      const partial = Math.ceil(1000 / Math.round(stepPercent * 10)) - 1
      const bakeMs = stepBakeTimeInMinutes * minute
      return [
        ...Array.from({ length: partial }, (_, index) => ({
          production: Math.round(stepPercent * 10 * (index + 1)) / 10,
          bakeMs,
        })),
        all,
      ]
    }
    case 'BLUE_GREEN':
    case 'ROLLING':
    case undefined:
      return [all]
  }
}

/** Whether green has its tasks at this stage, or is getting them. */
export function hasGreen(stage: Stage | undefined): boolean {
  return stage !== undefined && stage !== 'RECONCILE_SERVICE' && stage !== 'PRE_SCALE_UP'
}
