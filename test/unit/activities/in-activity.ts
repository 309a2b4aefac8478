import { ApplicationFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { activityInterceptors } from '../../../activities/index.ts'
import type { FailureType } from '../../../contract/activities.ts'

export interface Watching {
  readonly onHeartbeat?: (details: unknown, cancel: () => void) => void
  readonly onLog?: (message: string) => void
  /** What an earlier try of the activity sent last. */
  readonly heartbeatDetails?: unknown
  /** Which try this is. @default 1 */
  readonly attempt?: number
}

/** Runs something as the body of an activity, with the worker's own interceptors. */
export async function inActivity<Result>(
  body: () => Promise<Result>,
  { onHeartbeat, onLog, heartbeatDetails, attempt = 1 }: Watching = {},
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

/** For `assert.rejects`: a failure of that type whose message has all of these in it. */
export function failsAs(type: FailureType, ...parts: readonly (string | RegExp)[]) {
  return (error: unknown) => {
    if (!(error instanceof ApplicationFailure)) throw error
    if (error.type !== type) throw new Error(`type is ${error.type}: ${error.message}`)
    for (const part of parts) {
      const there =
        typeof part === 'string' ? error.message.includes(part) : part.test(error.message)
      if (!there) throw new Error(`"${part}" is not in: ${error.message}`)
    }
    return true
  }
}
