import { randomUUID } from 'node:crypto'
import { type Client, ScheduleNotFoundError, type ScheduleOptions } from '@temporalio/client'
import { UserError } from '../user-error.ts'

/** A release takes longer than this, so most runs would only be skipped. */
const shortestGapMs = 60_000

const deleteWithinMs = 5_000

/**
 * Lets the server try the times of a schedule, which it decides about and computes.
 *
 * @throws UserError if they are not understood, never come, or come every few seconds
 */
export async function rejectBadTimes(client: Client, options: ScheduleOptions): Promise<void> {
  const [first, ...others] = await nextTimes(client, options)
  if (first === undefined) {
    throw new UserError(`${timesOf(options)} never comes: no such day exists.`)
  }
  const gaps = others.map((time, index) => time - (others[index - 1] ?? first))
  if (Math.min(...gaps) >= shortestGapMs) return
  throw new UserError(
    `${timesOf(options)} comes more than once a minute, and a release takes longer than that.`,
  )
}

/** By a schedule that is created paused, and deleted again. */
async function nextTimes(client: Client, options: ScheduleOptions): Promise<readonly number[]> {
  const id = `check/${randomUUID()}`
  try {
    await client.schedule.create({
      ...options,
      scheduleId: id,
      state: { paused: true },
      // Not listed as a schedule of the environment.
      typedSearchAttributes: [],
      // Jitter would change the gaps between the times.
      spec: { ...options.spec, jitter: 0 },
    })
    const { info } = await client.schedule.getHandle(id).describe()
    return info.nextActionTimes.map((time) => time.getTime())
  } catch (error) {
    // The SDK throws one for an argument that the server rejects.
    if (!(error instanceof TypeError)) throw error
    throw new UserError(`${timesOf(options)} cannot be a schedule: ${error.message}.`, {
      cause: error,
    })
  } finally {
    await deleteSchedule(client, id)
  }
}

/** Also after an abort, whose signal would cancel this call as well. */
async function deleteSchedule(client: Client, id: string): Promise<void> {
  const { signal } = new AbortController()
  try {
    await client.withAbortSignal(signal, () =>
      client.withDeadline(Date.now() + deleteWithinMs, () =>
        client.schedule.getHandle(id).delete(),
      ),
    )
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error
  }
}

const timesOf = ({ spec }: ScheduleOptions) =>
  JSON.stringify(spec.cronExpressions?.[0] ?? spec.intervals?.[0]?.every)
