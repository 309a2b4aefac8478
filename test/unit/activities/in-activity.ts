import { ApplicationFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { activityInterceptors } from '../../../activities/index.ts'
import type { FailureType } from '../../../contract/failure-type.ts'

export interface ActivityOptions {
  readonly onHeartbeat?: (details: unknown, cancel: () => void) => void
  readonly onLog?: (message: string) => void
  /** The last heartbeat details of the previous attempt. */
  readonly heartbeatDetails?: unknown
  /** Number of this attempt. Default: 1. */
  readonly attempt?: number
}

/** Runs a function as the body of an activity, with the worker's own interceptors. */
export async function inActivity<Result>(
  body: () => Promise<Result>,
  { onHeartbeat, onLog, heartbeatDetails, attempt = 1 }: ActivityOptions = {},
): Promise<Result> {
  const environment = new MockActivityEnvironment(
    { heartbeatDetails, attempt },
    {
      logger: new DefaultLogger('INFO', ({ message }) => onLog?.(message)),
      interceptors: [activityInterceptors],
    },
  )
  environment.on('heartbeat', (details) => onHeartbeat?.(details, () => environment.cancel()))
  return await environment.run(body)
}

/** For `assert.rejects`: a failure of this type whose message contains all of the parts. */
export function failsAs(type: FailureType, ...parts: readonly (string | RegExp)[]) {
  return (error: unknown) => {
    if (!(error instanceof ApplicationFailure)) throw error
    if (error.type !== type) throw new Error(`type is ${error.type}: ${error.message}`)
    for (const part of parts) {
      const found =
        typeof part === 'string' ? error.message.includes(part) : part.test(error.message)
      if (!found) throw new Error(`"${part}" is not in: ${error.message}`)
    }
    return true
  }
}
