/** What we asked ECS for, and how it answered at once. */
export interface Expectation {
  readonly taskDefinition: string
  /** The `ecs-svc/…` id of the deployment that should get there. */
  readonly deploymentId: string
  readonly serviceDeploymentArn?: string
  /** Container name → digest its tasks must run; empty where nobody pinned one. */
  readonly digests: Readonly<Record<string, string>>
  /** What ran before, where that is known: a rollback of ECS's own must lead there. */
  readonly before?: {
    readonly taskDefinition: string
    readonly digests: Readonly<Record<string, string>>
    /** Where it is known: a rollback in two colours gives its place back to this very deployment. */
    readonly deploymentId?: string
  }
  /**
   * A deployment whose tasks this one goes on with: after a rollback in two colours, whatever id
   * ECS gives to blue's deployment then, its tasks are those that never stopped.
   */
  readonly continues?: string
}
