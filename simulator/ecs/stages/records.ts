import type {
  DeploymentLifecycleHookAction,
  DeploymentLifecycleHookStage,
  DeploymentLifecycleHookStatus,
  ServiceDeploymentLifecycleStage,
} from '@aws-sdk/client-ecs'

/**
 * A lifecycle stage of a service deployment. `PRE_PRODUCTION_TRAFFIC_SHIFT` is in the documentation
 * of `ServiceDeployment.lifecycleStage` and among the stages of hooks, but not in the field's enum.
 */
export type Stage = ServiceDeploymentLifecycleStage | DeploymentLifecycleHookStage

/** The progress of a blue/green, linear or canary deployment. */
export interface StagedRecord {
  /** The deployment that served when this one started; absent if none did. */
  readonly blue?: { readonly deployment: string; readonly revision: string }
  /** Deployments other than blue had tasks when this one started; they are stopped first. */
  readonly reconciles: boolean
  /** Index in the deployment's `stageSteps`; -1 before the first. */
  position: number
  /** The stage that ECS reports; absent before the first step. */
  stage?: Stage
  /** The current step lasts at least until then. */
  until: number
  /** Percent of the traffic that green gets. */
  production: number
  test: number
  /** The hooks of the current step. */
  hooks: HookRecord[]
  /**
   * Only during a rollback: `restoring` until all of blue's tasks are healthy and it has all
   * traffic again, then `cleaning` until green's tasks are stopped.
   */
  back?: 'restoring' | 'cleaning'
}

export interface HookRecord {
  readonly id: string
  readonly type: 'AWS_LAMBDA' | 'PAUSE'
  /** The ARN of its Lambda function. */
  readonly targetArn?: string
  status: DeploymentLifecycleHookStatus
  readonly expiresAt: number
  readonly timeoutAction: DeploymentLifecycleHookAction
  /** When its Lambda function is called next. */
  nextCallAt: number
}

/** The answer of a hook's Lambda function, as set over the control interface. */
export interface HookAnswer {
  readonly hookStatus: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS'
  /** Seconds until it is called again. Default: 30, with fast timings 1. */
  readonly callBackDelay?: number
}
