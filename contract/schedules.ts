import { type Outcome } from './outcome.ts'
import { type EnvironmentSpec } from './environment-spec.ts'

/** The input of every run of a schedule. */
export interface ScheduledInput {
  /** Name of the schedule in its environment. */
  readonly name: string
  /** Resolved from the configuration when the schedule was created. */
  readonly spec: EnvironmentSpec
  /** Who created the schedule. */
  readonly requestedBy: string
  readonly what: ScheduledWork
  /** Its times in words, for people. */
  readonly when: string
}

export type ScheduledWork =
  | { readonly kind: 'redeploy' }
  /** The newest commit of a branch, rebuilt. Absent: the repository's default branch. */
  | { readonly kind: 'deploy'; readonly branch?: string }

/** How a run of a schedule ended, unless it failed. */
export interface ScheduledResult {
  /** `skipped`: the environment was frozen or busy. */
  readonly outcome: Extract<Outcome, 'succeeded' | 'unchanged' | 'superseded'> | 'skipped'
  readonly message: string
  readonly release?: string
}
