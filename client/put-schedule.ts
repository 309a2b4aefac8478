import { randomUUID } from 'node:crypto'
import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  type ScheduleHandle,
  type ScheduleOptions,
} from '@temporalio/client'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import * as protocol from '../contract/messages.ts'
import type { ScheduledInput, ScheduledWork } from '../contract/schedules.ts'
import { environmentKey, projectKey } from '../contract/search-attributes.ts'
import { oneLine } from '../text/short.ts'
import { UserError } from './user-error.ts'
import { asked, type Schedule, scheduleId, showSchedule, workText } from './schedules.ts'
import { durationText } from '../text/plain.ts'

/** What a schedule shall be. Durations are milliseconds. */
export interface ScheduleSpec {
  readonly spec: EnvironmentSpec
  /** Unlike any other of the environment: letters, digits, `-` and `_`. */
  readonly name: string
  readonly times: ScheduleTimes
  /** Each run is late by a random time up to this. */
  readonly jitterMs?: number
  /** After an outage of Temporal, a run that was missed by at most this is made up for. */
  readonly catchUpMs: number
  readonly what: ScheduledWork
  readonly requestedBy: string
}

export type ScheduleTimes =
  /** As crontab(5) has it, on the clock of the time zone. Left out: UTC. */
  | { readonly kind: 'cron'; readonly expression: string; readonly timeZone?: string }
  | { readonly kind: 'every'; readonly ms: number }

/**
 * Creates a schedule, or changes the one of that name: its times, what it does, and the
 * configuration that its runs go by. One that is paused stays so.
 *
 * @throws Refusal where its times are not understood, never come or come each few seconds
 */
export async function putSchedule(
  client: Client,
  wish: ScheduleSpec,
): Promise<{ readonly created: boolean; readonly schedule: Schedule }> {
  const { spec, name } = wish
  const options = optionsOf(wish)
  return asked(client, async () => {
    refuseTwoTimeZones(wish.times)
    await refuseTimesThatNeverCome(client, options)
    const created = await createOrUpdate(client, options)
    return { created, schedule: await showSchedule(client, spec.environment, name) }
  })
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

/** Temporal reads one at the beginning of a cron, too; what is shown would not be true then. */
function refuseTwoTimeZones(times: ScheduleTimes): void {
  if (times.kind !== 'cron' || !/^\s*(CRON_)?TZ=/.test(times.expression)) return
  throw new UserError(
    `${JSON.stringify(times.expression)} names a time zone in the cron. Name it beside it: --time-zone Europe/Berlin`,
  )
}

/** A release takes longer than this, so that most of its runs would only be skipped. */
const shortestGapMs = 60_000

/** The server knows best what it understands, and computes the times even of a paused schedule. */
async function refuseTimesThatNeverCome(client: Client, options: ScheduleOptions): Promise<void> {
  const handle = await client.schedule
    .create({
      ...options,
      scheduleId: `check/${randomUUID()}`,
      state: { paused: true },
      // Without it the times stand as far apart as they are meant to.
      spec: { ...options.spec, jitter: 0 },
    })
    .catch((error: unknown) => {
      // The SDK makes one of what the server finds wrong with an argument.
      if (!(error instanceof TypeError)) throw error
      throw new UserError(`${timesOf(options)} cannot be a schedule: ${error.message}.`, {
        cause: error,
      })
    })
  const { info } = await described(handle)
  const [first, ...others] = info.nextActionTimes.map((moment) => moment.getTime())
  if (first === undefined) {
    throw new UserError(`${timesOf(options)} never comes: no day is like that.`)
  }
  const gaps = others.map((moment, index) => moment - (others[index - 1] ?? first))
  if (Math.min(...gaps) >= shortestGapMs) return
  throw new UserError(
    `${timesOf(options)} comes more than once a minute, and a release takes longer than that.`,
  )
}

const timesOf = ({ spec }: ScheduleOptions) =>
  JSON.stringify(spec.cronExpressions?.[0] ?? spec.intervals?.[0]?.every)

function optionsOf(wish: ScheduleSpec): ScheduleOptions & { readonly scheduleId: string } {
  const { spec, name, times, jitterMs, catchUpMs, what, requestedBy } = wish
  const { environment, project } = spec
  const input: ScheduledInput = { name, spec, requestedBy, what, when: whenText(wish) }
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
      workflowType: protocol.scheduledWorkflow,
      workflowId: protocol.scheduledWorkflowId(environment, name),
      taskQueue: spec.taskQueues.release,
      args: [input],
      staticSummary: oneLine(`${project} → ${environment}: schedule ${name}, ${workText(what)}`),
    },
    // Its runs go through one door anyway: more of them at once would only wait there.
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

async function described(probe: ScheduleHandle): Promise<ScheduleDescription> {
  try {
    return await probe.describe()
  } finally {
    await probe.delete()
  }
}
