import { ApplicationFailure } from '@temporalio/workflow'
import type { FailureType } from '../../contract/activities.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { pollingActivities } from '../temporal/activity-proxies.ts'
import { hasType, failureMessage } from '../temporal/failure.ts'
import type { ReleaseProgress } from './progress.ts'
import { timeOfDay } from '../../text/short.ts'

/** Does something, and does it again once what stood in its way has passed. */
export type Retry = <T>(work: () => Promise<T>) => Promise<T>

/** Says no as soon as something is in the way. */
export const noRetry: Retry = (work) => work()

/**
 * For the way back: does something again once credentials that AWS did not take are renewed. A
 * release that has got as far as to go back had good ones a moment ago, and giving up leaves
 * production half changed. All of a way back shares one bound, the time that `rollback.timeout`
 * gives to a service, from the moment at which they were first found bad.
 *
 * What is done must look before it acts: it is done anew from its beginning.
 */
export function retryOnExpiredCredentials(record: ReleaseProgress, spec: EnvironmentSpec): Retry {
  let until: number | undefined
  return async (work) => {
    for (;;) {
      try {
        return await work()
      } catch (failure) {
        if (!hasType(failure, 'CredentialsInvalid')) throw failure
        until ??= Date.now() + spec.rollback.timeoutMs
        if (!(await areRenewed(record, spec, until))) throw notRenewed(failure, until)
      }
    }
  }
}

async function areRenewed(
  record: ReleaseProgress,
  spec: EnvironmentSpec,
  until: number,
): Promise<boolean> {
  const leftMs = until - Date.now()
  if (leftMs <= 0) return false
  return record.step(
    {
      name: 'credentials',
      note: `AWS does not accept the worker's credentials, which may have expired; going back as soon as they are renewed, until ${timeOfDay(until)}`,
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
