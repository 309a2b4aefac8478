import type { Reason } from './reasons/read-reason.ts'

/** Why a rollout failed, most likely. */
export type Cause =
  | { readonly kind: 'alarms'; readonly names: readonly string[] }
  | { readonly kind: 'rejected at a pause' | 'pause unanswered' }
  | { readonly kind: 'hook failed' | 'hook without result'; readonly hook: string }
  | { readonly kind: 'task not started'; readonly reason: Reason }
  | {
      readonly kind: 'container exited'
      readonly container: string
      readonly exitCode: number
      /** How many tasks ended like that. */
      readonly tasks: number
    }
  | {
      readonly kind: 'container ended' | 'out of memory'
      readonly container: string
      readonly said: string
      readonly tasks: number
    }
  | { readonly kind: 'unhealthy'; readonly reason: Reason }
  | { readonly kind: 'stalled'; readonly reason: Reason }
  | { readonly kind: 'interrupted'; readonly reason: Reason }
  | { readonly kind: 'tasks failed'; readonly reason: Reason }
