import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { Stage, StagedRecord } from './records.ts'

/** One step of a staged deployment. A stage can occur in several steps. */
export interface StageStep {
  readonly stage: Stage
  /** Percent of production traffic that green gets at this step. */
  readonly production?: number
  /** Bake time of this step in milliseconds. */
  readonly bakeMs?: number
}

const minute = 60_000

/**
 * The steps of a deployment, in order: the stages of the ECS developer guide ("Deployment
 * lifecycle stages"), with one shift of production traffic for each step of the strategy. A first
 * deployment takes all traffic at once and does not bake: nothing served before it.
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

/** The last step has no bake time here but in `BAKE_TIME` ("last step bake time is skipped"). */
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
      // Counted in tenths of a percent, because binary fractions cannot represent 0.1.
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

/** Whether green has tasks at this stage, or starts them. */
export function hasGreen(stage: Stage | undefined): boolean {
  return stage !== undefined && stage !== 'RECONCILE_SERVICE' && stage !== 'PRE_SCALE_UP'
}
