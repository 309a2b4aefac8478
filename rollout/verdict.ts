import type { EcsReason } from './gap.ts'
import type { Progress } from './progress.ts'

export type Verdict =
  | { readonly kind: 'progressing'; readonly progress: Progress; readonly nearEnd: boolean }
  | {
      readonly kind: 'succeeded'
      readonly basis: 'service deployment' | 'deployments'
      readonly running: number
      readonly wanted: number
      /** Absent where no load balancer is attached. */
      readonly healthyTargets?: number
    }
  | { readonly kind: 'rolled_back'; readonly reason: EcsReason }
  | { readonly kind: 'failed'; readonly cause: FailureCause }
  | {
      readonly kind: 'replaced'
      /** The deployment that replaced ours. */
      readonly by: { readonly id: string; readonly taskDefinition: string }
      /** How ours had ended before that. */
      readonly after?: 'success' | 'rollback'
      /** Why ECS stopped ours, if it did. */
      readonly stopped?: EcsReason
    }

export type FailureCause =
  | { readonly kind: 'service not active'; readonly status: string }
  | {
      readonly kind: 'rollback failed' | 'stopped' | 'deployment failed'
      readonly reason: EcsReason
    }
