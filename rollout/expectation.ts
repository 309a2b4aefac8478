import type { ImageDigests } from './same-image.ts'

/** The deployment that we started, and what it must come to. */
export interface Expectation {
  readonly taskDefinition: string
  /** The `ecs-svc/…` id of the deployment. */
  readonly deploymentId: string
  readonly serviceDeploymentArn?: string
  /** Container name → digest that its tasks must run; empty if none is pinned. */
  readonly digests: Readonly<Record<string, string>>
  /** Of images that are an index. Absent: none is, or it is unknown. */
  readonly imageDigests?: ImageDigests
  /** What ran before, if known: ECS's own rollback must end there. */
  readonly before?: {
    readonly taskDefinition: string
    readonly digests: Readonly<Record<string, string>>
    readonly imageDigests?: ImageDigests
    /** If known: a blue/green rollback makes this very deployment PRIMARY again. */
    readonly deploymentId?: string
  }
  /**
   * A deployment whose tasks this one keeps: after a blue/green rollback the tasks are those of blue,
   * which never stopped, whatever id ECS gives to its deployment then.
   */
  readonly continues?: string
}
