import { randomUUID } from 'node:crypto'
import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
} from '@temporalio/client'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import * as messages from '../contract/messages.ts'
import type { ScheduledInput, ScheduledWork } from '../contract/schedules.ts'
import { environmentKey, projectKey } from '../contract/search-attributes.ts'
import { oneLine } from '../text/short.ts'
import type { AbortOptions } from './abort.ts'
import { UserError } from './user-error.ts'
import { callSchedules, type Schedule, scheduleId, showSchedule, workText } from './schedules.ts'
import { durationText } from '../text/plain.ts'

/** A schedule to create. Durations are milliseconds. */
export interface ScheduleSpec {
  readonly spec: EnvironmentSpec
  /** Unique in the environment: letters, digits, `-` and `_`. */
  readonly name: string
  readonly times: ScheduleTimes
  /** Each run is late by a random time up to this. */
  readonly jitterMs?: number
  /** After an outage of Temporal, a run that is late by at most this still takes place. */
  readonly catchUpMs: number
  readonly what: ScheduledWork
  readonly requestedBy: string
}

export type ScheduleTimes =
  /** As in crontab(5), in the time zone given. @default UTC */
  | { readonly kind: 'cron'; readonly expression: string; readonly timeZone?: string }
  | { readonly kind: 'every'; readonly ms: number }

/**
 * Creates a schedule, or changes the one of that name: its times, what it does, and the
 * configuration that its runs use. A paused schedule stays paused.
 *
 * @throws UserError if its times are not understood, never come, or come every few seconds
 */
export async function putSchedule(
  client: Client,
  schedule: ScheduleSpec,
  options: AbortOptions = {},
): Promise<{ readonly created: boolean; readonly schedule: Schedule }> {
  const { spec, name } = schedule
  const temporalOptions = optionsOf(schedule)
  rejectTwoTimeZones(schedule.times)
  const created = await callSchedules(client, options, async () => {
    await rejectBadTimes(client, temporalOptions)
    return createOrUpdate(client, temporalOptions)
  })
  return { created, schedule: await showSchedule(client, spec.environment, name, options) }
}

async function createOrUpdate(client: Client, options: ScheduleOptions): Promise<boolean> {
  try {
    await client.schedule.create(options)
    return true
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
  }
  const { spec, action, policies = {}, typedSearchAttributes = [] } = options
  await client.schedule
    .getHandle(options.scheduleId)
    .update(({ state }) => ({ spec, action, policies, typedSearchAttributes, state }))
  return false
}

/** Temporal also reads a time zone at the start of a cron; what is shown would be wrong then. */
function rejectTwoTimeZones(times: ScheduleTimes): void {
  if (times.kind !== 'cron' || !/^\s*(CRON_)?TZ=/.test(times.expression)) return
  throw new UserError(
    `The cron expression ${JSON.stringify(times.expression)} contains a time zone. Give it separately: --time-zone Europe/Berlin`,
  )
}

/** A release takes longer than this, so most runs would only be skipped. */
const shortestGapMs = 60_000

const deleteWithinMs = 5_000

/** The server decides what it understands, and computes the times even of a paused schedule. */
async function rejectBadTimes(client: Client, options: ScheduleOptions): Promise<void> {
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

function optionsOf(schedule: ScheduleSpec): ScheduleOptions & { readonly scheduleId: string } {
  const { spec, name, times, jitterMs, catchUpMs, what, requestedBy } = schedule
  const { environment, project } = spec
  const input: ScheduledInput = { name, spec, requestedBy, what, when: whenText(schedule) }
  return {
    scheduleId: scheduleId(environment, name),
    spec: {
      ...(times.kind === 'cron'
        ? { cronExpressions: [times.expression] }
        : { intervals: [{ every: times.ms }] }),
      ...(times.kind === 'cron' && times.timeZone !== undefined
        ? { timezone: times.timeZone }
        : {}),
      ...(jitterMs === undefined ? {} : { jitter: jitterMs }),
    },
    action: {
      type: 'startWorkflow',
      workflowType: messages.scheduledWorkflow,
      workflowId: messages.scheduledWorkflowId(environment, name),
      taskQueue: spec.taskQueues.release,
      args: [input],
      staticSummary: oneLine(`${project} → ${environment}: schedule ${name}, ${workText(what)}`),
    },
    // The environment runs one release at a time: concurrent runs would only wait.
    policies: { overlap: 'SKIP', catchupWindow: catchUpMs },
    typedSearchAttributes: [
      { key: projectKey, value: project },
      { key: environmentKey, value: environment },
    ],
  }
}

/** `cron 0 3 * * * (Europe/Berlin), up to 10 min 0 s later` */
function whenText({ times, jitterMs }: ScheduleSpec): string {
  const base =
    times.kind === 'cron'
      ? `cron ${times.expression} (${times.timeZone ?? 'UTC'})`
      : `every ${durationText(times.ms)}`
  return jitterMs === undefined ? base : `${base}, up to ${durationText(jitterMs)} later`
}
