import type { Target, ServiceTarget } from '../config/target.ts'
import type { Evidence } from '../rollout/failed-tasks.ts'
import type { Sending } from './notifications/notice.ts'

/**
 * What the activities take and give. All of it stands in a workflow's history, so nothing here
 * ever holds a token, a password or the value of a container's environment variable.
 */

/** What a service runs at some moment: enough to bring it back. */
export interface Running {
  readonly taskDefinition: string
  /** Container name → digest (`sha256:…`) of its running tasks; empty where no task runs. */
  readonly digests: Readonly<Record<string, string>>
}

/** The way back of one service, recorded before anything changes. */
export interface WayBack extends Running {
  /** The `ecs-svc/…` id of the PRIMARY deployment, to tell a deployment of ours from this one. */
  readonly deploymentId: string
  /** `none`: nothing ever ran well here, so there is nothing to go back to. */
  readonly standing: 'succeeded' | 'none'
  /** Once it was gone back to: the revision, deregistered meanwhile, whose copy this one is. */
  readonly copyOf?: string
}

export interface InspectedService {
  readonly name: string
  readonly now: Running
  readonly wayBack: WayBack
  readonly desiredCount: number
}

export interface Inspection {
  readonly services: readonly InspectedService[]
  /** What a person should know though it stops nothing: first release, no load balancer, … */
  readonly warnings: readonly string[]
}

export interface FoundImage {
  readonly name: string
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>` */
  readonly repositoryUri: string
  /** `<name>-<commit>`, for a rebuild with its own suffix. */
  readonly tag: string
  /** Built on base images as their registries have them now, not as the engine does. */
  readonly fresh?: boolean
  /** Absent while the registry has no image under that tag. */
  readonly digest?: string
}

/** An image in the registry. */
export interface PushedImage extends FoundImage {
  readonly digest: string
}

export interface Revision {
  /** Name of the service in the configuration. */
  readonly service: string
  readonly taskDefinition: string
  /** Container name → digest that this revision must run. Empty where nobody pinned one. */
  readonly digests: Readonly<Record<string, string>>
  /** False where an identical revision was there already. */
  readonly registered: boolean
}

export interface StartedDeployment {
  readonly service: string
  readonly taskDefinition: string
  /** `ecs-svc/…` */
  readonly deploymentId: string
  /** Absent where the endpoint has no service deployments. */
  readonly serviceDeploymentArn?: string
  /**
   * How long earlier service deployments of this service took that succeeded, in milliseconds,
   * newest first. Absent where nobody knows.
   */
  readonly earlierMs?: readonly number[]
}

export type RolloutEnd =
  | {
      readonly kind: 'succeeded'
      readonly evidence: 'service deployment' | 'deployments'
      readonly summary: string
      /** What runs in place of a way back that somebody has deregistered: a copy of it. */
      readonly copy?: string
    }
  | RolloutFailure

export interface RolloutFailure extends Partial<Evidence> {
  readonly kind: 'rolled_back' | 'failed' | 'replaced' | 'timed_out'
  readonly reason: string
  /** The likely cause in one sentence; empty where nothing tells. */
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
  readonly current: Running
  /** What would be registered against what runs; values of variables are masked. */
  readonly changes: readonly TaskDefinitionChange[]
  /** The newest ACTIVE revision, which the new one would be cloned from. */
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

/** A revision of a service's task definition, as ECS and its tags tell of it. */
export interface KnownRevision {
  readonly taskDefinition: string
  /** `ACTIVE`, or `INACTIVE` once it is deregistered. */
  readonly status: string
  /** Container name → digest, as far as it is pinned or ECS has resolved it. */
  readonly digests: Readonly<Record<string, string>>
  /** From the tags that a release sets; absent where Slipway did not make the revision. */
  readonly commit?: string
  readonly release?: string
  readonly registeredAt?: number
  /** When its newest service deployment began, and the status of that; absent without one. */
  readonly deployedAt?: number
  readonly deployment?: string
  readonly isLive: boolean
  /** The last one that a service deployment succeeded with before the live one. */
  readonly isWayBack: boolean
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

/**
 * Run on the release queue. They speak to AWS and nothing else.
 *
 * Failures are `ApplicationFailure`s whose `type` is one of {@link FailureType}.
 */
export interface ReleaseActivities {
  /** Reads; refuses what would fail later: cluster, services, containers, repositories, breaker. */
  inspectEnvironment(input: {
    target: Target
    release: string
    /** Whether a freeze window of the configuration keeps this release out. */
    freezes: 'kept' | 'ignored'
  }): Promise<Inspection>
  /** Reads the registry: which of the images are there already under their immutable tag. */
  findImages(input: {
    target: Target
    commit: string
    /** Looks for the images of this rebuild alone. */
    rebuild?: string
    /** What runs now: an image that was rebuilt from this very commit is not taken back by it. */
    running?: readonly Pick<InspectedService, 'name' | 'now'>[]
  }): Promise<readonly FoundImage[]>
  /** Clones the newest ACTIVE revision of each family with only the images changed. */
  registerRevisions(input: {
    target: Target
    release: string
    commit: string
    images: readonly PushedImage[]
  }): Promise<readonly Revision[]>
  /** Points `<image>-latest` at these digests; gives what it pointed at before. */
  moveTags(input: {
    target: Target
    images: readonly { name: string; digest?: string }[]
  }): Promise<readonly { readonly name: string; readonly digest?: string }[]>
  /**
   * At most one `UpdateService`, however often it is retried. Fails as `Refused` only where it
   * certainly started nothing.
   */
  updateService(input: {
    target: Target
    service: ServiceTarget
    revision: Revision
    /** What was PRIMARY before: a PRIMARY with another id and our revision is our own, from a try before. */
    before: WayBack
    /** Start a deployment even if the revision is what runs. */
    force: boolean
  }): Promise<StartedDeployment>
  /** Until the rollout has ended or `deadline` (ms since the epoch) has passed. */
  waitForRollout(input: {
    target: Target
    service: ServiceTarget
    started: StartedDeployment
    revision: Revision
    /** What ran before: a rollback of ECS's own must lead there. */
    before?: WayBack
    deadline: number
  }): Promise<RolloutEnd>
  /** Back to `to`: stops the deployment in flight where it can, else updates; waits until it runs. */
  rollBackService(input: {
    target: Target
    service: ServiceTarget
    to: WayBack
    /** What `updateService` gave; absent when it failed before it could say. */
    started?: StartedDeployment
    deadline: number
  }): Promise<RolloutEnd>
  /** All services at once, for the stability window: our digests are what runs, and healthy. */
  verifyRelease(input: {
    target: Target
    revisions: readonly Revision[]
    started: readonly StartedDeployment[]
  }): Promise<RolloutEnd>
  /** What a rollback has to make run, checked. Reads only. */
  resolveRollback(input: {
    target: Target
    /** As the ledger has them. */
    revisions?: readonly Revision[]
    /** A revision or its ARN. Both left out: what ran well before the live one, as ECS knows it. */
    to?: string
  }): Promise<readonly Revision[]>
  /** Deregisters those that nothing runs or goes back to; gives a sentence for each. */
  deregisterRevisions(input: {
    target: Target
    revisions: readonly Revision[]
  }): Promise<readonly string[]>
  /** Tells one receiver. The same notice may arrive twice, under the same id. */
  notify(input: Sending): Promise<void>
  /** What a release of this commit would change. Reads only. */
  planRelease(input: { target: Target; commit: string }): Promise<Plan>
  /** The newest revisions of a service, newest first. Reads only. */
  listRevisions(input: {
    target: Target
    service: ServiceTarget
  }): Promise<readonly KnownRevision[]>
}

/** Run on the builder queue: they need a checkout and a Docker engine. */
export interface BuilderActivities {
  /**
   * Fetches the commit and asks the engine for its version. Gives the task queue of this very
   * host, on which the steps after it must run: they share its checkout and its engine.
   */
  prepareSource(input: SourceRef): Promise<{ readonly hostQueue: string; readonly subject: string }>
  /** The newest commit of a branch; of the repository's own default branch where none is named. */
  findBranch(input: { readonly repository: string; readonly branch?: string }): Promise<BranchHead>
  runChecks(input: { source: SourceRef; target: Target }): Promise<void>
  /** Builds and tags `<repositoryUri>:<tag>` in the engine of this host. */
  buildImage(input: { source: SourceRef; target: Target; image: FoundImage }): Promise<void>
  /** Pushes the immutable tag and reads its digest back from the registry. */
  pushImage(input: { source: SourceRef; target: Target; image: FoundImage }): Promise<PushedImage>
  /** Removes the worktree. Never fails a release. */
  discardSource(input: SourceRef): Promise<void>
}

/** `type` of every failure an activity gives. All but `Unavailable` are not retried. */
export type FailureType =
  /** The environment, the source or the registry is not as the configuration says. */
  | 'Rejected'
  /** AWS would not do what it was asked, and a look since then shows that it has not. */
  | 'Refused'
  | 'ChecksFailed'
  | 'BuildFailed'
  | 'PushFailed'
  /** The image is not on this host: build it again, perhaps on another one. */
  | 'ImageNotHere'
  | 'EngineMissing'
  | 'CredentialsInvalid'
  | 'AccessDenied'
  /** Somebody else deploys this service at this moment, or did since we looked. */
  | 'Conflict'
  /** The worker was asked to stop in the middle of a wait. Retried, by another one. */
  | 'WorkerLeaves'
  /** Something that may pass: throttling, a network error, 5xx. Retried. */
  | 'Unavailable'
