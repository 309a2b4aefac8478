/**
 * Runs the simulator's tasks: with Docker as real containers, or simulated by the scripted runtime
 * on a clock that a test controls.
 */
export interface TaskRuntime {
  /**
   * Starts a task: pulls its images, creates and starts its containers. Returns at once and reports
   * progress through `events`. Never throws.
   */
  start(task: TaskSpec, events: TaskEvents): void
  /** SIGTERM, then SIGKILL after the stop timeout; `stopped` follows. Never throws. */
  stop(taskId: string): void
  /**
   * Probes a container port as the load balancer would. Returns the HTTP status, or why there is
   * none.
   */
  probe(taskId: string, port: number, path: string, timeoutMs: number): Promise<ProbeAnswer>
  /** Runs a container's own health check in it. Returns whether it exited with 0 in time. */
  check(
    taskId: string,
    container: string,
    command: readonly string[],
    timeoutMs: number,
  ): Promise<boolean>
  /** The last lines of a container, for CloudWatch Logs. */
  logs(taskId: string, container: string, lines: number): Promise<string[]>
  /** Stops all tasks. */
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
  /** All images are pulled. */
  pulled(digests: Readonly<Record<string, string>>): void
  /** Container port → port on 127.0.0.1. */
  running(ports: Readonly<Record<number, number>>): void
  /** The task cannot start, for a reason such as `CannotPullContainerError: …`. */
  failedToStart(reason: string): void
  /** All containers have ended. `exitCodes` by container. */
  stopped(exitCodes: Readonly<Record<string, number>>): void
}

export type ProbeAnswer =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'refused'; readonly reason: string }

/** The only clock that the simulator uses. */
export interface Clock {
  now(): number
  /** Calls back once after `ms`. Returns a function that cancels it. */
  after(ms: number, callback: () => void): () => void
}
