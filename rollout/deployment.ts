/** What a service runs at some moment: enough to bring it back. */
export interface RunningRevision {
  readonly taskDefinition: string
  /** Container name → digest (`sha256:…`) of its running tasks; empty where no task runs. */
  readonly digests: Readonly<Record<string, string>>
}

/** The way back of one service, recorded before anything changes. */
export interface RollbackTarget extends RunningRevision {
  /** The `ecs-svc/…` id of the PRIMARY deployment, to tell a deployment of ours from this one. */
  readonly deploymentId: string
  /** `none`: nothing ever ran well here, so there is nothing to go back to. */
  readonly hasSucceeded: boolean
  /** Once it was gone back to: the revision, deregistered meanwhile, whose copy this one is. */
  readonly copyOf?: string
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
