/** How long the things take that ECS does by itself. Milliseconds. */
export interface Timings {
  /** From a request to the scheduler acting on it, at the latest: it may be looking already. */
  readonly react: number
  /** From the scheduler's decision to the runtime being asked to start the task: placement, network. */
  readonly launch: number
  /** The pause after a task that failed; doubles with each failure in a row beyond the third. */
  readonly relaunch: number
  readonly longestRelaunch: number
  /** From a task that could not be placed to the next try. */
  readonly replace: number
  /** A task without a load balancer counts as healthy when it has run this long. */
  readonly settle: number
  /** From a target's registration to its first health check. */
  readonly register: number
  /** From the last task being where it should be to the deployment being `COMPLETED`. */
  readonly complete: number
  /** And longer by this where alarms are watched. ECS takes it from the alarms' own periods. */
  readonly bake: number
  /** Each stage of a blue/green, linear or canary deployment takes at least this. */
  readonly stage: number
  /** Until the Lambda function of a hook that is in progress is called again. ECS: 30 seconds. */
  readonly callBack: number
  /** Stopped tasks are told about for this long. ECS: one hour. */
  readonly keepStopped: number
  /**
   * Placing a task and completing a deployment take up to this share more or less, from one time to
   * the next: 0.2 is a fifth. Default 0, so that a test knows when things happen.
   */
  readonly jitter?: number
}

/**
 * Of the order that others measured on AWS for a service of one task: first target registered
 * after 40 s, a crash loop given up after 3 minutes.
 */
export const awsTimings: Timings = {
  react: 1000,
  launch: 20_000,
  relaunch: 15_000,
  longestRelaunch: 900_000,
  replace: 60_000,
  settle: 10_000,
  register: 5000,
  complete: 10_000,
  bake: 300_000,
  stage: 5000,
  callBack: 30_000,
  keepStopped: 3_600_000,
}

/** For a stack on one machine: nothing waits for its own sake, everything keeps its order. */
export const fastTimings: Timings = {
  react: 50,
  launch: 100,
  relaunch: 250,
  longestRelaunch: 10_000,
  replace: 2000,
  settle: 1500,
  register: 200,
  complete: 250,
  bake: 2000,
  stage: 100,
  callBack: 1000,
  keepStopped: 3_600_000,
}
