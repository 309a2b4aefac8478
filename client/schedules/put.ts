import { type Client, ScheduleAlreadyRunning, type ScheduleOptions } from '@temporalio/client'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import * as messages from '../../contract/messages.ts'
import type { ScheduledInput, ScheduledWork } from '../../contract/schedules.ts'
import { environmentKey, projectKey } from '../../contract/search-attributes.ts'
import { oneLine } from '../../text/short.ts'
import type { AbortOptions } from '../temporal/abort.ts'
import { rejectBadTimes } from './times.ts'
import { UserError } from '../user-error.ts'
import { callSchedules, type Schedule, scheduleId, showSchedule, workText } from './schedules.ts'
import { durationText } from '../../text/plain.ts'

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
