import { Context } from '@temporalio/activity'

const beatMs = 3_000

/**
 * Runs some work with a heartbeat every 3 s, so that its loss is noticed and a cancellation
 * arrives, however long one call in it takes. `say` sends details at once, and they are what is
 * sent from then on.
 */
export async function beating<Result>(
  work: (say: (details: unknown) => void) => Promise<Result>,
): Promise<Result> {
  const context = Context.current()
  let latest: unknown
  const timer = setInterval(() => context.heartbeat(latest), beatMs)
  try {
    context.heartbeat()
    return await work((details) => {
      latest = details
      context.heartbeat(details)
    })
  } finally {
    clearInterval(timer)
  }
}
