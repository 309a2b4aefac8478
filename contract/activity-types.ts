import type { RollbackTarget, RunningRevision } from '../rollout/deployment.ts'
import type { ImageDigests } from '../rollout/same-image.ts'
import type { FailureEvidence } from '../rollout/failed-tasks.ts'

/**
 * Inputs and results of activities. All of it is kept in a workflow's history, so nothing here ever
 * holds a token, a password or the value of a container's environment variable.
 */

export interface InspectedService {
  readonly name: string
  readonly now: RunningRevision
  readonly rollbackTarget: RollbackTarget
  readonly desiredCount: number
  /** On which its next tasks run. Absent: unknown, as for a service on instances of any kind. */
  readonly platform?: RequiredPlatform
  /**
   * ECS replaces no task of what runs now until there is a new deployment, since the PRIMARY one has
   * not completed and never will. So even the revision that runs is worth deploying again.
   */
  readonly needsDeployment?: true
}

/** The platform for which a service needs its images. */
export interface RequiredPlatform {
  /** Name of the ECS service. */
  readonly service: string
  /** `mailman-api:41`, which says so. */
  readonly taskDefinition: string
  /** `linux` or `windows`. Absent: unknown. */
  readonly os?: string
  /** `amd64` or `arm64`. Absent: unknown. */
  readonly architecture?: string
}

export interface Inspection {
  readonly services: readonly InspectedService[]
  /** What a person should know although it stops nothing: first release, no load balancer, … */
  readonly warnings: readonly string[]
}

export interface FoundImage {
  readonly name: string
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>` */
  readonly repositoryUri: string
  /** `<name>-<commit>`, for a rebuild with its own suffix. */
  readonly tag: string
  /** Built on the newest base images of their registries, not on those that the engine has. */
  readonly fresh?: boolean
  /** Absent: the registry has no image under that tag yet. */
  readonly digest?: string
  /** The digests of the manifests that it lists, if it is an index. At most 100. */
  readonly manifests?: readonly string[]
  /** The platforms of the services that run it, as far as they are known. */
  readonly requiredPlatforms?: readonly RequiredPlatform[]
}

/** An image in the registry. */
export interface PushedImage extends FoundImage {
  readonly digest: string
}

export interface Revision {
  /** Name of the service in the configuration. */
  readonly service: string
  readonly taskDefinition: string
  /** Container name → digest that this revision must run. Empty: none is pinned. */
  readonly digests: Readonly<Record<string, string>>
  /** Of images that are an index. Absent: none is, or it is unknown. Not kept in the ledger. */
  readonly imageDigests?: ImageDigests
  /** False: an identical revision existed already. */
  readonly registered: boolean
}

export type RolloutEnd =
  | {
      readonly kind: 'succeeded'
      readonly basis: 'service deployment' | 'deployments'
      readonly summary: string
      /** The copy that runs in place of a rollback target that was deregistered meanwhile. */
      readonly copy?: string
      /** Of a rollback: what ECS says, and AWS does not let the worker see. */
      readonly unproven?: Unproven
      /** Names of services of which no task ran at the end of the stability window. */
      readonly withoutTasks?: readonly string[]
    }
  | RolloutFailure

/** What nobody has seen of a service that ECS says it has rolled back. */
export interface Unproven {
  /**
   * Whether it is unproven that what ran before serves. False: only the tasks are unread, and their
   * revision pins their images.
   */
  readonly serving: boolean
  /** What, why, and how to look, for people. */
  readonly text: string
}

export interface RolloutFailure extends Partial<FailureEvidence> {
  readonly kind: 'rolled_back' | 'failed' | 'replaced' | 'timed_out'
  readonly reason: string
  /** The likely cause in one sentence; empty if unknown. */
  readonly cause: string
}

/** Kept in the heartbeat of a waiting activity; read by the command line and shown in the UI. */
export interface RolloutProgress {
  readonly service: string
  readonly summary: string
  readonly observedAt: number
}

export interface TaskDefinitionChange {
  /** Path into the task definition: `containerDefinitions.api.image`. */
  readonly path: string
  readonly before?: string
  readonly after?: string
}

export interface ServicePlan {
  readonly service: string
  readonly ecsService: string
  readonly current: RunningRevision
  /** Differences between the new revision and the running one; values of variables are masked. */
  readonly changes: readonly TaskDefinitionChange[]
  /** The revision from which the new one would be cloned. */
  readonly basedOn: string
}

export interface Plan {
  readonly environment: string
  readonly commit: string
  readonly mode: 'pin' | 'force'
  /** In the order of deployment. */
  readonly services: readonly ServicePlan[]
  readonly images: readonly FoundImage[]
  readonly warnings: readonly string[]
}

/** A revision of a service's task definition, from ECS and its tags. */
export interface KnownRevision {
  readonly taskDefinition: string
  /** `ACTIVE`, or `INACTIVE` once it is deregistered. */
  readonly status: string
  /** Container name → digest, if it is pinned or ECS has resolved it. */
  readonly digests: Readonly<Record<string, string>>
  /** From the tags that a release sets. Absent: Slipway did not make the revision. */
  readonly commit?: string
  readonly release?: string
  readonly registeredAt?: number
  /** When its newest service deployment began, and its status. Absent: it has none. */
  readonly deployedAt?: number
  readonly deployment?: string
  readonly isLive: boolean
  /** The last revision before the live one with a successful service deployment. */
  readonly isRollbackTarget: boolean
}

/** The newest commit of a branch. */
export interface BranchHead {
  /** 40 hexadecimal digits. */
  readonly commit: string
  /** First line of the commit message, at most 120 characters, in plain text. */
  readonly subject: string
  /** When it was committed, in milliseconds since the epoch. */
  readonly committedAt: number
}

export interface SourceRef {
  /** Id of the release: names its worktree. */
  readonly release: string
  readonly repository: string
  /** 40 hexadecimal digits. */
  readonly commit: string
}
