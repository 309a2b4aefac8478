import { Context } from '@temporalio/activity'

const intervalMs = 3_000

/**
 * Heartbeats every 3 s while `work` runs, so that Temporal notices a lost worker and delivers a
 * cancellation however long a single call takes. `report` sends details at once and repeats them
 * with every later heartbeat; until its first call, the details of the previous attempt are sent.
 */
export async function withHeartbeat<Result>(
  work: (report: (details: unknown) => void) => Promise<Result>,
): Promise<Result> {
  const context = Context.current()
  let latest: unknown = context.info.heartbeatDetails
  const timer = setInterval(() => context.heartbeat(latest), intervalMs)
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
