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
 * The activities with the timeouts and retries of each kind of work. The activity itself throws
 * failures that will not pass as non-retryable, with a stable type; all others are retried here. A
 * cancelled activity is always waited for: otherwise a rollback could race a deployment.
 */

const minute = 60_000

/** How long a host may take to start a step. After that it counts as lost and another is tried. */
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
 * Reads from AWS, or registers what may be registered twice, in the worker that runs the workflow:
 * one history event instead of six. Running twice after a crash has the same result.
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

/** Reads from AWS or makes one change there: takes seconds, or fails. */
export function shortActivities(summary: string): ReleaseActivities {
  return releaseActivities({
    summary,
    heartbeatTimeout: '15s',
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: '10 minutes',
  })
}

/**
 * Polls until the activity's own deadline. Other workers may start it again as often as necessary.
 * Temporal's timeout lies behind the deadline, so that the activity reports what it saw.
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
 * Sends a notification. Retries at least once a minute, so that the next one need not wait for long
 * once the receiver is back.
 */
export function notificationActivities(summary: string, withinMs: number): ReleaseActivities {
  return releaseActivities({
    summary,
    startToCloseTimeout: '30 seconds',
    scheduleToCloseTimeout: withinMs,
    retry: { ...defaultRetry, maximumInterval: '1 minute' },
  })
}

/** Sends a notification while a person waits for the answer: at most two attempts. */
export function twoAttemptActivities(summary: string): ReleaseActivities {
  return releaseActivities({
    summary,
    startToCloseTimeout: '30 seconds',
    scheduleToCloseTimeout: '1 minute',
    retry: { ...defaultRetry, maximumAttempts: 2 },
  })
}

/** On any host that serves the builder's task queue. */
export function anyBuilderActivities(spec: EnvironmentSpec, summary: string): BuilderActivities {
  return builderActivities({
    summary,
    taskQueue: spec.taskQueues.builder,
    scheduleToStartTimeout: spec.taskQueues.builderGoneMs ?? '15 minutes',
    startToCloseTimeout: '15 minutes',
    retry: { ...defaultRetry, maximumAttempts: 5 },
  })
}

/** On the host that has the checkout and the images, with `timeoutMs` for each attempt. */
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

/** Cleans up on a host. A lost host cleans up on its own when it is back. */
export function cleanupActivities(hostQueue: string, summary: string): BuilderActivities {
  return builderActivities({
    summary,
    taskQueue: hostQueue,
    scheduleToCloseTimeout: '30 seconds',
    retry: { maximumAttempts: 2 },
  })
}
