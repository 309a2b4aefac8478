import type { ReleaseKind } from './release-reference.ts'
import type { ServiceSpec, EnvironmentSpec } from './environment-spec.ts'
import type { AddressedNotification } from './notifications.ts'
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
 * Run on the release task queue. They call AWS and the receivers of notifications, nothing else.
 *
 * Failures are `ApplicationFailure`s whose `type` is one of `FailureType` (contract/failure-type.ts).
 */
export interface ReleaseActivities {
  /** Rejects what would fail later: cluster, services, containers, repositories, breaker. Reads only. */
  inspectEnvironment(input: {
    spec: EnvironmentSpec
    /** `kept`: a freeze window of the configuration rejects this release. */
    freezes: 'kept' | 'ignored'
    /** A deploy also checks what its revisions are cloned from; a redeploy, the images that run. */
    kind: ReleaseKind
  }): Promise<Inspection>
  /** Which images the registry already has under their immutable tags. Reads only. */
  findImages(input: {
    spec: EnvironmentSpec
    commit: string
    /** Finds only images of this rebuild. */
    rebuild?: string
    /** What runs now: a later deploy of the same commit must not replace its rebuilt images. */
    running?: readonly Pick<InspectedService, 'name' | 'now' | 'platform'>[]
  }): Promise<readonly FoundImage[]>
  /** Clones what each service runs, or a newer revision if configured, with other images. */
  registerRevisions(input: {
    spec: EnvironmentSpec
    release: string
    commit: string
    /** From the inspection. What serves, and is cloned, is the rollback target. */
    running: readonly Pick<InspectedService, 'name' | 'rollbackTarget'>[]
    images: readonly PushedImage[]
  }): Promise<readonly Revision[]>
  /** Points `<image>-latest` at these digests; returns those it pointed at before. */
  moveTags(input: {
    spec: EnvironmentSpec
    images: readonly { name: string; digest?: string }[]
  }): Promise<readonly { readonly name: string; readonly digest?: string }[]>
  /**
   * At most one `UpdateService`, however often it is retried. Fails as `DeploymentRefused` only if it
   * certainly started nothing.
   */
  updateService(input: {
    spec: EnvironmentSpec
    service: ServiceSpec
    revision: Revision
    /** PRIMARY before: one with another id and our revision was started by an earlier attempt. */
    before: RollbackTarget
    /** Starts a deployment even if the revision runs already. */
    force: boolean
  }): Promise<StartedDeployment>
  /** Until the rollout has ended or `deadline` (ms since the epoch) has passed. */
  waitForRollout(input: {
    spec: EnvironmentSpec
    service: ServiceSpec
    started: StartedDeployment
    revision: Revision
    /** What ran before: a rollback by ECS itself must end there. */
    before?: RollbackTarget
    deadline: number
  }): Promise<RolloutEnd>
  /** Stops the deployment in flight if possible, else updates; waits until `to` runs again. */
  rollBackService(input: {
    spec: EnvironmentSpec
    service: ServiceSpec
    to: RollbackTarget
    /** The result of `updateService`. Absent: it failed before it returned. */
    started?: StartedDeployment
    deadline: number
  }): Promise<RolloutEnd>
  /**
   * Waits until AWS accepts the worker's credentials again, and returns true; or until `deadline` (ms
   * since the epoch) has passed, and returns false.
   */
  awaitCredentials(input: { spec: EnvironmentSpec; deadline: number }): Promise<boolean>
  /** Verifies for the stability window that all services run our digests and are healthy. */
  verifyRelease(input: {
    spec: EnvironmentSpec
    revisions: readonly Revision[]
    started: readonly StartedDeployment[]
  }): Promise<RolloutEnd>
  /** The revisions that a rollback must make run, checked. Reads only. */
  resolveRollback(input: {
    spec: EnvironmentSpec
    /** From the ledger. */
    revisions?: readonly Revision[]
    /** A revision or its ARN. Both absent: the last good revision before the live one, from ECS. */
    to?: string
  }): Promise<readonly Revision[]>
  /** Deregisters revisions that neither run nor are a rollback target; a sentence for each. */
  deregisterRevisions(input: {
    spec: EnvironmentSpec
    revisions: readonly Revision[]
  }): Promise<readonly string[]>
  /** Notifies one receiver. The same notification may arrive twice, with the same id. */
  notify(input: AddressedNotification): Promise<void>
  /** What a release of this commit would change. Reads only. */
  planRelease(input: { spec: EnvironmentSpec; commit: string }): Promise<Plan>
  /** The newest revisions of a service, newest first. Reads only. */
  listRevisions(input: {
    spec: EnvironmentSpec
    service: ServiceSpec
  }): Promise<readonly KnownRevision[]>
}

/** Run on the builder task queues: they need a checkout and a Docker engine. */
export interface BuilderActivities {
  /**
   * Fetches the commit and checks that the engine answers. Returns the task queue of this host, on
   * which the next steps must run: they share its checkout and its engine.
   */
  prepareSource(input: SourceRef): Promise<{ readonly hostQueue: string; readonly subject: string }>
  /** The newest commit of a branch. Default: the repository's default branch. */
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
