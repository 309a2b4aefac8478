import type { RetryPolicy } from '@temporalio/common'
import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  type ActivityOptions,
} from '@temporalio/workflow'
import type { BuilderActivities, ReleaseActivities } from '../../contract/activities.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'

/**
 * The activities with the timeouts and retries that each kind of work needs. A failure that will
 * not pass is thrown as non-retryable by the activity itself, with a stable type; what is retried
 * here is what may pass. Every activity is waited for when it is cancelled: going on while it
 * still runs would let the way back race a deployment.
 */

const minute = 60_000

/** How long a host may leave a step lying before another host is asked: the host is gone. */
const hostTimeoutMs = 5 * minute

const defaultRetry: RetryPolicy = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '30s',
}

function releaseActivities(options: ActivityOptions): ReleaseActivities {
  return proxyActivities<ReleaseActivities>({
    retry: defaultRetry,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    ...options,
  })
}

function builderActivities(options: ActivityOptions): BuilderActivities {
  return proxyActivities<BuilderActivities>({
    heartbeatTimeout: '15s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    ...options,
  })
}

/**
 * Asks AWS, or registers what can be registered twice, in the worker that runs the workflow: one history event
 * instead of six. What is done twice after a crash has the same end.
 */
export function localActivities(
  summary: string,
): Pick<
  ReleaseActivities,
  'inspectEnvironment' | 'findImages' | 'registerRevisions' | 'resolveRollback'
> {
  return proxyLocalActivities<ReleaseActivities>({
    summary,
    retry: defaultRetry,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: '10 minutes',
  })
}

/** Reads AWS, or changes one thing there in one call: over in seconds, or not at all. */
export function shortActivities(summary: string): ReleaseActivities {
  return releaseActivities({
    summary,
    heartbeatTimeout: '15s',
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: '10 minutes',
  })
}

/**
 * Watches until a deadline of its own. It may be begun again by another worker as often as it
 * takes; the bound lies behind the deadline, so that it is the activity that says what it saw.
 */
export function pollingActivities(summary: string, deadlineInMs: number): ReleaseActivities {
  return releaseActivities({
    summary,
    heartbeatTimeout: '15s',
    startToCloseTimeout: deadlineInMs + 2 * minute,
    scheduleToCloseTimeout: deadlineInMs + 10 * minute,
  })
}

/**
 * Tells somebody outside. Tried again each minute in the end: what waits behind it should not wait
 * for longer once the receiver is back.
 */
export function notificationActivities(summary: string, withinMs: number): ReleaseActivities {
  return releaseActivities({
    summary,
    startToCloseTimeout: '30 seconds',
    scheduleToCloseTimeout: withinMs,
    retry: { ...defaultRetry, maximumInterval: '1 minute' },
  })
}

/** The same while somebody waits for the answer: a second time, and no more. */
export function twoAttemptActivities(summary: string): ReleaseActivities {
  return releaseActivities({
    summary,
    startToCloseTimeout: '30 seconds',
    scheduleToCloseTimeout: '1 minute',
    retry: { ...defaultRetry, maximumAttempts: 2 },
  })
}

/** Finds a builder: any host that serves the builder queue. */
export function anyBuilderActivities(spec: EnvironmentSpec, summary: string): BuilderActivities {
  return builderActivities({
    summary,
    taskQueue: spec.taskQueues.builder,
    scheduleToStartTimeout: spec.taskQueues.builderGoneMs ?? '15 minutes',
    startToCloseTimeout: '15 minutes',
    retry: { ...defaultRetry, maximumAttempts: 5 },
  })
}

/** Works on the one host that has the checkout and the engine, for at most `timeoutMs` a try. */
export function hostActivities(
  { taskQueues }: EnvironmentSpec,
  hostQueue: string,
  summary: string,
  timeoutMs: number,
): BuilderActivities {
  return builderActivities({
    summary,
    taskQueue: hostQueue,
    scheduleToStartTimeout: taskQueues.builderGoneMs ?? hostTimeoutMs,
    startToCloseTimeout: timeoutMs + minute,
    retry: { ...defaultRetry, maximumAttempts: 5 },
  })
}

/** Cleans up on a host; a host that is gone cleans up by itself when it is back. */
export function cleanupActivities(hostQueue: string, summary: string): BuilderActivities {
  return builderActivities({
    summary,
    taskQueue: hostQueue,
    scheduleToCloseTimeout: '30 seconds',
    retry: { maximumAttempts: 2 },
  })
}
