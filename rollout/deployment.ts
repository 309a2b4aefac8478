import type { ImageDigests } from './same-image.ts'

/** What a service runs at some moment: enough to roll back to it. */
export interface RunningRevision {
  readonly taskDefinition: string
  /** Container name → digest (`sha256:…`) of its running tasks; empty if no task runs. */
  readonly digests: Readonly<Record<string, string>>
  /** Of images that are an index. Absent: none is, or it is unknown. */
  readonly imageDigests?: ImageDigests
}

/** What one service is rolled back to if the release fails; recorded before anything changes. */
export interface RollbackTarget extends RunningRevision {
  /** The `ecs-svc/…` id of the PRIMARY deployment, to tell our deployment from it. */
  readonly deploymentId: string
  /**
   * The `ecs-svc/…` id of the deployment that serves it. Absent: the PRIMARY one. It is another one
   * after a deployment that failed and was not rolled back.
   */
  readonly servedBy?: string
  /** False if no deployment is known to have succeeded: then there is nothing to roll back to. */
  readonly hasSucceeded: boolean
  /** After a rollback to a copy: the deregistered revision that this one is a copy of. */
  readonly copyOf?: string
}

export interface StartedDeployment {
  readonly service: string
  readonly taskDefinition: string
  /** `ecs-svc/…` */
  readonly deploymentId: string
  /** Absent if the endpoint has no service deployments. */
  readonly serviceDeploymentArn?: string
  /**
   * How long earlier successful service deployments of this service took, in milliseconds, newest
   * first. Absent if unknown.
   */
  readonly earlierMs?: readonly number[]
}
