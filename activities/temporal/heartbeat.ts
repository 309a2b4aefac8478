import { Context } from '@temporalio/activity'

const beatMs = 3_000

/**
 * Runs some work with a heartbeat every 3 s, so that its loss is noticed and a cancellation
 * arrives, however long one call in it takes. `say` sends details at once, and they are what is
 * sent from then on; before that, it is what an earlier try sent last.
 */
export async function withHeartbeat<Result>(
  work: (say: (details: unknown) => void) => Promise<Result>,
): Promise<Result> {
  const context = Context.current()
  let latest: unknown = context.info.heartbeatDetails
  const timer = setInterval(() => context.heartbeat(latest), beatMs)
  try {
    context.heartbeat(latest)
    return await work((details) => {
      latest = details
      context.heartbeat(details)
    })
  } finally {
    clearInterval(timer)
  }
}
