import type { Outcome } from './outcome.ts'

/**
 * One environment of a `slipway.yaml`, with every default filled in: all that a release needs to
 * know, as plain data that may stand in a workflow's history. It never holds a secret.
 * Durations are milliseconds.
 */
export interface EnvironmentSpec {
  readonly project: string
  readonly environment: string
  readonly aws: AwsSpec
  /** Name or ARN of the ECS cluster. */
  readonly cluster: string
  /** `pin`: a new revision pinned to the digest. `force`: a new deployment on the moving tag. */
  readonly mode: 'pin' | 'force'
  /** Absolute path of a local checkout, or a remote URL, as `git clone` takes it. */
  readonly repository: string
  readonly checks: ChecksSpec
  readonly images: readonly ImageSpec[]
  /** In the order in which they are deployed; a rollback goes the other way. */
  readonly services: readonly ServiceSpec[]
  /** How long one service may take until it is stable and healthy, and must then stay so. */
  readonly stability: { readonly timeoutMs: number; readonly windowMs: number }
  readonly rollback: { readonly timeoutMs: number; readonly deregister?: boolean }
  /** What a failure tells. Left out: with the last log lines of failed tasks. */
  readonly failure?: { readonly logs: boolean }
  /** Where people look things up. */
  readonly links?: { readonly temporalUi?: string }
  /** Who is told of releases. Left out: nobody. */
  readonly notifications?: readonly NotificationSpec[]
  readonly taskQueues: TaskQueues
  readonly admission: AdmissionSpec
}

/** Somebody who is told. Addresses and secrets stay in variables of the worker. */
export interface NotificationSpec {
  readonly type: 'slack' | 'webhook'
  /** Name of the worker's environment variable that holds the address. */
  readonly urlFrom: string
  /** Name of the one that holds the secret which a webhook is signed with. */
  readonly secretFrom?: string
  readonly on: readonly NotificationEvent[]
  /** Of the ends only these. Left out: all. */
  readonly outcomes?: readonly Outcome[]
}

export type NotificationEvent = 'started' | 'approval_needed' | 'outcome'

/** Who is let into the environment, and when. */
export interface AdmissionSpec {
  /**
   * What becomes of a deploy that finds another release running. `supersede`: it waits, in place
   * of every deploy that waits already. `queue`: it waits its turn. `reject`: it is refused.
   */
  readonly policy: 'supersede' | 'queue' | 'reject'
  /** A newer deploy also cancels the one that runs, which takes back what it touched. */
  readonly supersedeRunning: boolean
  /** Present where a deploy needs somebody's approval, which must come within this time. */
  readonly approval?: { readonly timeoutMs: number }
  readonly freezes: readonly FreezeWindow[]
}

/** A time in which nothing is deployed; rollbacks are always let in. */
export type FreezeWindow =
  | {
      readonly kind: 'weekly'
      /** IANA name: `Europe/Berlin`. */
      readonly timeZone: string
      /** 0 is Sunday. The window begins on these days. */
      readonly days: readonly number[]
      /** Minutes since midnight. `to` at or before `from` is on the next day. */
      readonly from: number
      readonly to: number
      readonly reason?: string
    }
  | {
      readonly kind: 'dates'
      readonly timeZone: string
      /** `2026-12-23`, both included. */
      readonly from: string
      readonly to: string
      readonly reason?: string
    }

/** What is left out comes from the AWS SDK's own chain, on the worker. */
export interface AwsSpec {
  readonly region?: string
  readonly profile?: string
}

export interface ChecksSpec {
  /** Shell command lines of the user's own, run in the checkout one after the other. */
  readonly commands: readonly string[]
  /** For all of them together. */
  readonly timeoutMs: number
}

export interface ImageSpec {
  /** Tags are `<name>-<commit>` and `<name>-latest`. */
  readonly name: string
  /** Name of the ECR repository, not its address. */
  readonly repository: string
  /** Relative to the checkout. */
  readonly dockerfile: string
  readonly context: string
  /** The stage of a multi-stage Dockerfile; the last one when left out. */
  readonly target?: string
  readonly platform?: string
  readonly args: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

export interface ServiceSpec {
  /** What people call it: `api`. */
  readonly name: string
  /** What ECS calls it: `mailman-api`. */
  readonly ecsService: string
  /** Container name in the task definition → name of the image it runs. */
  readonly containers: Readonly<Record<string, string>>
  /** Names of the services that must be live before this one is touched. */
  readonly after: readonly string[]
  /** `required`: a service whose ECS circuit breaker is off is refused before anything changes. */
  readonly circuitBreaker: 'required' | 'optional'
  /** Asked once the service is stable: must answer 2xx. Left out: ECS and the load balancer decide. */
  readonly verifyUrl?: string
}

export interface TaskQueues {
  /** Workflows, and the activities that speak to AWS. */
  readonly release: string
  /** Source, checks, image build and push: where a Docker engine is. */
  readonly builder: string
  /**
   * Present where the builder lives only as long as the command that asked (`--build-here`): how
   * long it may leave a step lying before it counts as gone, and nobody else is waited for.
   */
  readonly builderGoneMs?: number
}
