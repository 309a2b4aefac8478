import type { ServiceSpec, EnvironmentSpec } from './environment-spec.ts'
import type { Sending } from './notices.ts'
import type {
  BranchHead,
  FoundImage,
  InspectedService,
  Inspection,
  KnownRevision,
  Plan,
  PushedImage,
  Revision,
  RolloutEnd,
  SourceRef,
} from './activity-types.ts'
import type { StartedDeployment, RollbackTarget } from '../rollout/deployment.ts'

/**
 * Run on the release queue. They speak to AWS and nothing else.
 *
 * Failures are `ApplicationFailure`s whose `type` is one of {@link FailureType}.
 */
export interface ReleaseActivities {
  /** Reads; refuses what would fail later: cluster, services, containers, repositories, breaker. */
  inspectEnvironment(input: {
    spec: EnvironmentSpec
    /** Whether a freeze window of the configuration keeps this release out. */
    freezes: 'kept' | 'ignored'
  }): Promise<Inspection>
  /** Reads the registry: which of the images are there already under their immutable tag. */
  findImages(input: {
    spec: EnvironmentSpec
    commit: string
    /** Looks for the images of this rebuild alone. */
    rebuild?: string
    /** What runs now: an image that was rebuilt from this very commit is not taken back by it. */
    running?: readonly Pick<InspectedService, 'name' | 'now'>[]
  }): Promise<readonly FoundImage[]>
  /** Clones the newest ACTIVE revision of each family with only the images changed. */
  registerRevisions(input: {
    spec: EnvironmentSpec
    release: string
    commit: string
    images: readonly PushedImage[]
  }): Promise<readonly Revision[]>
  /** Points `<image>-latest` at these digests; gives what it pointed at before. */
  moveTags(input: {
    spec: EnvironmentSpec
    images: readonly { name: string; digest?: string }[]
  }): Promise<readonly { readonly name: string; readonly digest?: string }[]>
  /**
   * At most one `UpdateService`, however often it is retried. Fails as `DeploymentRefused` only where it
   * certainly started nothing.
   */
  updateService(input: {
    spec: EnvironmentSpec
    service: ServiceSpec
    revision: Revision
    /** What was PRIMARY before: a PRIMARY with another id and our revision is our own, from a try before. */
    before: RollbackTarget
    /** Start a deployment even if the revision is what runs. */
    force: boolean
  }): Promise<StartedDeployment>
  /** Until the rollout has ended or `deadline` (ms since the epoch) has passed. */
  waitForRollout(input: {
    spec: EnvironmentSpec
    service: ServiceSpec
    started: StartedDeployment
    revision: Revision
    /** What ran before: a rollback of ECS's own must lead there. */
    before?: RollbackTarget
    deadline: number
  }): Promise<RolloutEnd>
  /** Back to `to`: stops the deployment in flight where it can, else updates; waits until it runs. */
  rollBackService(input: {
    spec: EnvironmentSpec
    service: ServiceSpec
    to: RollbackTarget
    /** What `updateService` gave; absent when it failed before it could say. */
    started?: StartedDeployment
    deadline: number
  }): Promise<RolloutEnd>
  /**
   * Until AWS takes the worker's credentials again: true; or until `deadline` (ms since the epoch)
   * has passed: false.
   */
  awaitCredentials(input: { spec: EnvironmentSpec; deadline: number }): Promise<boolean>
  /** All services at once, for the stability window: our digests are what runs, and healthy. */
  verifyRelease(input: {
    spec: EnvironmentSpec
    revisions: readonly Revision[]
    started: readonly StartedDeployment[]
  }): Promise<RolloutEnd>
  /** What a rollback has to make run, checked. Reads only. */
  resolveRollback(input: {
    spec: EnvironmentSpec
    /** As the ledger has them. */
    revisions?: readonly Revision[]
    /** A revision or its ARN. Both left out: what ran well before the live one, as ECS knows it. */
    to?: string
  }): Promise<readonly Revision[]>
  /** Deregisters those that nothing runs or goes back to; gives a sentence for each. */
  deregisterRevisions(input: {
    spec: EnvironmentSpec
    revisions: readonly Revision[]
  }): Promise<readonly string[]>
  /** Tells one receiver. The same notice may arrive twice, under the same id. */
  notify(input: Sending): Promise<void>
  /** What a release of this commit would change. Reads only. */
  planRelease(input: { spec: EnvironmentSpec; commit: string }): Promise<Plan>
  /** The newest revisions of a service, newest first. Reads only. */
  listRevisions(input: {
    spec: EnvironmentSpec
    service: ServiceSpec
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
  runChecks(input: { source: SourceRef; spec: EnvironmentSpec }): Promise<void>
  /** Builds and tags `<repositoryUri>:<tag>` in the engine of this host. */
  buildImage(input: { source: SourceRef; spec: EnvironmentSpec; image: FoundImage }): Promise<void>
  /** Pushes the immutable tag and reads its digest back from the registry. */
  pushImage(input: {
    source: SourceRef
    spec: EnvironmentSpec
    image: FoundImage
  }): Promise<PushedImage>
  /** Removes the worktree. Never fails a release. */
  discardSource(input: SourceRef): Promise<void>
}

/** `type` of every failure an activity gives. All but `Unavailable` are not retried. */
export type FailureType =
  /** The environment, the source or the registry is not as the configuration says. */
  | 'PreconditionFailed'
  /** AWS would not do what it was asked, and a look since then shows that it has not. */
  | 'DeploymentRefused'
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
  | 'WorkerShutdown'
  /** Something that may pass: throttling, a network error, 5xx. Retried. */
  | 'Unavailable'
