/** ECS's reason for the state of a deployment. */
export interface EcsReason {
  /** ECS's own sentence; empty if it gives none. */
  readonly said: string
  /** The status of the service deployment record; empty if there is no record. */
  readonly status: string
  /** CloudWatch alarms that triggered, without those that the sentence names. */
  readonly alarms: readonly string[]
}

/** What keeps a rollout from having ended. */
export type Gap =
  /** Fields that AWS left out of its answer. */
  | { readonly kind: 'unsaid'; readonly fields: readonly string[] }
  | { readonly kind: 'no primary' }
  /** Tasks of another deployment still have to stop. */
  | { readonly kind: 'other tasks'; readonly count: number }
  | { readonly kind: 'tasks'; readonly running: number; readonly wanted: number }
  /** A task, or one container of it, does not say which digest it runs. */
  | { readonly kind: 'digest unknown'; readonly container?: string }
  | {
      readonly kind: 'digest differs'
      readonly container: string
      readonly found: string
      readonly wanted: string
    }
  | { readonly kind: 'targets unhealthy'; readonly count: number; readonly state: string }
  | { readonly kind: 'targets missing'; readonly healthy: number; readonly wanted: number }
  /** Everything is there, and ECS has not said that it is done. */
  | {
      readonly kind: 'ECS not done'
      readonly tasks?: { readonly running: number; readonly wanted: number }
    }
  | { readonly kind: 'ECS is stopping'; readonly reason: EcsReason }
  | { readonly kind: 'ECS is rolling back'; readonly reason: EcsReason; readonly rest?: Gap }
  /** ECS has rolled back, and does not say yet to what. */
  | { readonly kind: 'rollback target unsaid'; readonly reason: EcsReason }
  /** ECS has rolled back, and the previous deployment does not serve alone yet. */
  | { readonly kind: 'rollback not complete'; readonly reason: EcsReason; readonly rest: Gap }
  | { readonly kind: 'previous deployment failed' }
