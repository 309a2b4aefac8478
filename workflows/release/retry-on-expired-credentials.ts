import { ApplicationFailure } from '@temporalio/workflow'
import type { FailureType } from '../../contract/failure-type.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { pollingActivities } from '../temporal/activity-proxies.ts'
import { hasType, failureMessage } from '../temporal/failure.ts'
import type { ReleaseProgress } from './progress.ts'
import { timeOfDay } from '../../text/short.ts'

/** Runs some work, and runs it again once the reason why it failed has passed. */
export type Retry = <T>(work: () => Promise<T>) => Promise<T>

/** Runs the work once. */
export const noRetry: Retry = (work) => work()

/**
 * For rollbacks: runs the work again once credentials that AWS did not accept are renewed. A release
 * that has to roll back had valid ones a moment ago, and giving up would leave production half
 * changed. All services of a rollback share one time limit, `rollback.timeout`, counted from the
 * moment when the credentials were first found invalid.
 *
 * The work runs again from its beginning, so it must check what has happened before it acts.
 */
export function retryOnExpiredCredentials(progress: ReleaseProgress, spec: EnvironmentSpec): Retry {
  let until: number | undefined
  return async (work) => {
    for (;;) {
      try {
        return await work()
      } catch (failure) {
        if (!hasType(failure, 'CredentialsInvalid')) throw failure
        until ??= Date.now() + spec.rollback.timeoutMs
        if (!(await areRenewed(progress, spec, until))) throw notRenewed(failure, until)
      }
    }
  }
}

async function areRenewed(
  progress: ReleaseProgress,
  spec: EnvironmentSpec,
  until: number,
): Promise<boolean> {
  const leftMs = until - Date.now()
  if (leftMs <= 0) return false
  return progress.step(
    {
      name: 'credentials',
      note: `AWS does not accept the worker's credentials, or it has none; the rollback continues as soon as they are renewed, until ${timeOfDay(until)}`,
    },
    () =>
      pollingActivities('wait for credentials', leftMs).awaitCredentials({
        spec,
        deadline: until,
      }),
    (renewed) => (renewed ? 'renewed' : { state: 'failed', note: 'not renewed in time' }),
  )
}

function notRenewed(failure: unknown, until: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'CredentialsInvalid' satisfies FailureType,
    message: `${failureMessage(failure)} They had not been renewed by ${timeOfDay(until)}.`,
    nonRetryable: true,
  })
}
