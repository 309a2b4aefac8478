/**
 * Where the simulator's tasks run. Docker makes them real; the scripted runtime plays them on a
 * clock that a test controls.
 */
export interface TaskRuntime {
  /**
   * Starts a task: pulls its images, creates and starts its containers. Gives at once; what
   * happens is told through `events`. Never throws.
   */
  start(task: TaskSpec, events: TaskEvents): void
  /** SIGTERM, then SIGKILL after the grace time; `stopped` follows. Never throws. */
  stop(taskId: string): void
  /** Asks a container port as the load balancer would. Gives the HTTP status, or why there is none. */
  probe(taskId: string, port: number, path: string, timeoutMs: number): Promise<ProbeAnswer>
  /** Runs a container's own health check in it. Gives whether it exited with 0 in time. */
  check(
    taskId: string,
    container: string,
    command: readonly string[],
    timeoutMs: number,
  ): Promise<boolean>
  /** The last lines of a container, for CloudWatch Logs. */
  logs(taskId: string, container: string, lines: number): Promise<string[]>
  /** Stops everything. */
  close(): Promise<void>
}

export interface TaskSpec {
  /** 32 hexadecimal digits. */
  readonly id: string
  /** `family:revision` */
  readonly taskDefinition: string
  readonly service: string
  readonly cluster: string
  readonly containers: readonly ContainerSpec[]
}

export interface ContainerSpec {
  readonly name: string
  /** As the task definition has it: `host/repository:tag` or `host/repository@sha256:…`. */
  readonly image: string
  readonly essential: boolean
  readonly command?: readonly string[]
  readonly entryPoint?: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly portMappings: readonly { readonly containerPort: number; readonly hostPort?: number }[]
}

export interface TaskEvents {
  /** All images are here. */
  pulled(digests: Readonly<Record<string, string>>): void
  /** Container port → port on 127.0.0.1. */
  running(ports: Readonly<Record<number, number>>): void
  /** The task will not start: `CannotPullContainerError: …` and the like. */
  failedToStart(reason: string): void
  /** All containers have ended. `exitCodes` by container. */
  stopped(exitCodes: Readonly<Record<string, number>>): void
}

export type ProbeAnswer =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'refused'; readonly reason: string }

/** The clock that everything in the simulator asks. */
export interface Clock {
  now(): number
  /** Calls back once after `ms`; gives a function that forgets it. */
  after(ms: number, callback: () => void): () => void
}
