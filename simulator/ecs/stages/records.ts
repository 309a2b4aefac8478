import type {
  DeploymentLifecycleHookAction,
  DeploymentLifecycleHookStage,
  DeploymentLifecycleHookStatus,
  ServiceDeploymentLifecycleStage,
} from '@aws-sdk/client-ecs'

/**
 * What a service deployment passes through. `PRE_PRODUCTION_TRAFFIC_SHIFT` stands in the text of
 * `ServiceDeployment.lifecycleStage` and among the stages of hooks, and not in the field's own enum.
 */
export type Stage = ServiceDeploymentLifecycleStage | DeploymentLifecycleHookStage

/** How far a blue/green, linear or canary deployment has come. */
export interface StagedRecord {
  /** The deployment that served when this one began; absent where none did. */
  readonly blue?: { readonly deployment: string; readonly revision: string }
  /** Others than blue had tasks when it began: they go first. */
  readonly reconciles: boolean
  /** Index in the steps of the deployment; -1 before the first. */
  position: number
  /** As it is told; absent before the first. */
  stage?: Stage
  /** Not before it does the deployment leave the station. */
  until: number
  /** Percent of the traffic that green gets. */
  production: number
  test: number
  /** Of the station where it is now. */
  hooks: HookRecord[]
  /**
   * On the way back: blue is made whole, then gets all traffic, and then green goes. Absent on the
   * way there.
   */
  back?: 'restoring' | 'cleaning'
}

export interface HookRecord {
  readonly id: string
  readonly type: 'AWS_LAMBDA' | 'PAUSE'
  /** Of its Lambda function. */
  readonly targetArn?: string
  status: DeploymentLifecycleHookStatus
  readonly expiresAt: number
  readonly timeoutAction: DeploymentLifecycleHookAction
  /** When its Lambda function is called next. */
  nextCallAt: number
}

/** What a Lambda function that is a hook answers, as set over the control interface. */
export interface HookAnswer {
  readonly hookStatus: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS'
  /** Seconds until it is called again. Default: 30, with fast timings 1. */
  readonly callBackDelay?: number
}
