/** How long ECS takes for what it does on its own. Milliseconds. */
export interface Timings {
  /** At most this long from a request until the scheduler acts on it. */
  readonly react: number
  /** From the scheduler's decision until the runtime starts the task: placement, network. */
  readonly launch: number
  /** The pause after a failed task. It doubles with each consecutive failure beyond the third. */
  readonly relaunch: number
  readonly longestRelaunch: number
  /** From a task that could not be placed until the next attempt. */
  readonly replace: number
  /** A task without a load balancer counts as healthy after running this long. */
  readonly settle: number
  /** From a target's registration to its first health check. */
  readonly register: number
  /** From the last task being as desired until the deployment is `COMPLETED`. */
  readonly complete: number
  /** Added to `complete` if alarms are watched. ECS derives it from the alarms' own periods. */
  readonly bake: number
  /** Each stage of a blue/green, linear or canary deployment takes at least this. */
  readonly stage: number
  /** Until the Lambda function of a hook in progress is called again. ECS: 30 seconds. */
  readonly callBack: number
  /** Stopped tasks are listed for this long. ECS: one hour. */
  readonly keepStopped: number
  /**
   * Placing a task and completing a deployment take up to this share more or less each time: 0.2
   * is a fifth. Default 0, so that tests know when things happen.
   */
  readonly jitter?: number
}

/**
 * About what others measured on AWS for a service of one task: the first target registered after
 * 40 s, a crash loop failed after 3 minutes.
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

/** For a stack on one machine: as short as possible, with events in the same order. */
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
