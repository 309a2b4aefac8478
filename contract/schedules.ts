import { type Outcome } from './outcome.ts'
import { type EnvironmentSpec } from './environment-spec.ts'

/** What a schedule starts, each time. */
export interface ScheduledInput {
  /** Name of the schedule in its environment. */
  readonly name: string
  /** Of the configuration, as it was when the schedule was made. */
  readonly spec: EnvironmentSpec
  /** Who made the schedule. */
  readonly requestedBy: string
  readonly what: ScheduledWork
  /** Its times in words, for people. */
  readonly when: string
}

export type ScheduledWork =
  | { readonly kind: 'redeploy' }
  /** The newest commit of a branch, built anew. Left out: the repository's own default branch. */
  | { readonly kind: 'deploy'; readonly branch?: string }

/** How a run of a schedule ended that did not fail. */
export interface ScheduledResult {
  /** `skipped`: the environment was frozen or busy. */
  readonly outcome: Extract<Outcome, 'succeeded' | 'unchanged' | 'superseded'> | 'skipped'
  readonly message: string
  readonly release?: string
}
