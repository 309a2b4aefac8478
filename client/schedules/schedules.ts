import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client'
import * as messages from '../../contract/messages.ts'
import type { ScheduledInput, ScheduledWork } from '../../contract/schedules.ts'
import { environmentKey } from '../../contract/search-attributes.ts'
import type { AbortOptions } from '../temporal/abort.ts'
import { callTemporal, explainingErrors } from '../temporal/call.ts'
import { includes } from '../temporal/list-filter.ts'
import { UserError } from '../user-error.ts'
import { type ScheduledRun, runsOf } from './runs.ts'

/** A schedule in Temporal. Times are ISO 8601. */
export interface Schedule {
  readonly environment: string
  readonly name: string
  readonly what: ScheduledWork
  /** The times, in words. */
  readonly when: string
  readonly requestedBy: string
  /** The task queue of its runs: the one in the configuration when the schedule was created. */
  readonly queue: string
  readonly paused: boolean
  /** Why it was paused or resumed. */
  readonly note?: string
  readonly nextRuns: readonly string[]
  /** Newest first. */
  readonly lastRuns: readonly ScheduledRun[]
  /** Runs that did not begin because the previous one had not ended. */
  readonly skipped: number
  /** Runs missed in an outage that lasted too long to catch up. */
  readonly missed: number
}

/** `<environment>/<name>` */
export const scheduleId = (environment: string, name: string) => `${environment}/${name}`

/** What a schedule does, in words. */
export function workText(what: ScheduledWork): string {
  if (what.kind === 'redeploy') return 'redeploy of what is live'
  return `rebuild and deploy of ${what.branch ?? 'the default branch'}`
}

/** The schedules of an environment, sorted by name. A new one takes a moment to be listed. */
export async function listSchedules(
  client: Client,
  environment: string,
  options: AbortOptions = {},
): Promise<readonly Schedule[]> {
  return callSchedules(client, options, async () => {
    const ids: string[] = []
    const query = includes(environmentKey.name, environment)
    for await (const summary of client.schedule.list({ query })) {
      const isSlipways = summary.action?.workflowType === messages.scheduledWorkflow
      const isHere = summary.typedSearchAttributes?.get(environmentKey) === environment
      if (isSlipways && isHere) ids.push(summary.scheduleId)
    }
    const found = await Promise.all(ids.toSorted().map((id) => describe(client, id, 1)))
    return found.filter((one) => one !== undefined)
  })
}

/** @throws UserError if the environment has no such schedule */
export async function showSchedule(
  client: Client,
  environment: string,
  name: string,
  options: AbortOptions = {},
): Promise<Schedule> {
  const id = scheduleId(environment, name)
  const found = await callSchedules(client, options, () => describe(client, id, 5))
  if (found === undefined) throw noSchedule(environment, name)
  return found
}

export type ScheduleControl =
  | { readonly kind: 'pause' | 'resume'; readonly note: string }
  | { readonly kind: 'trigger' | 'delete' }

/**
 * Pauses a schedule, resumes it, runs it now, or deletes it.
 *
 * @throws UserError if the environment has no such schedule, or if it is to run now and already
 *   does
 */
export async function controlSchedule(
  client: Client,
  environment: string,
  name: string,
  control: ScheduleControl,
  options: AbortOptions = {},
): Promise<void> {
  const schedule = await showSchedule(client, environment, name, options)
  const handle = client.schedule.getHandle(scheduleId(environment, name))
  await callSchedules(client, options, async () => {
    switch (control.kind) {
      case 'pause':
        return handle.pause(control.note)
      case 'resume':
        return handle.unpause(control.note)
      case 'delete':
        return handle.delete().catch((error: unknown) => {
          // Deleted meanwhile, or by an earlier attempt whose answer was lost.
          if (!(error instanceof ScheduleNotFoundError)) throw error
        })
      case 'trigger': {
        const busy = schedule.lastRuns.find(({ outcome }) => outcome === 'running')
        if (busy === undefined) return handle.trigger('SKIP')
        throw new UserError(
          `${busy.workflowId} of this schedule has not ended yet; a second run would be skipped. See how it goes: slipway schedule show ${environment} ${name}`,
        )
      }
    }
  })
}

async function describe(client: Client, id: string, runs: number): Promise<Schedule | undefined> {
  try {
    const found = await client.schedule.getHandle(id).describe()
    const input = inputOf(found)
    if (input === undefined) return undefined
    const { name, spec, what, when, requestedBy } = input
    const { state, info } = found
    return {
      environment: spec.environment,
      name,
      what,
      when,
      requestedBy,
      queue: spec.taskQueues.release,
      paused: state.paused,
      ...(state.note === undefined || state.note === '' ? {} : { note: state.note }),
      nextRuns: info.nextActionTimes.slice(0, 5).map((time) => time.toISOString()),
      lastRuns: await runsOf(client, found, runs),
      skipped: info.numActionsSkippedOverlap,
      missed: info.numActionsMissedCatchupWindow,
    }
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined
    throw error
  }
}

/** A schedule of the same id may belong to another program. */
function inputOf({ action }: ScheduleDescription): ScheduledInput | undefined {
  if (action.workflowType !== messages.scheduledWorkflow) return undefined
  return action.args?.[0] as ScheduledInput | undefined
}

function noSchedule(environment: string, name: string): UserError {
  return new UserError(
    `${environment} has no schedule ${JSON.stringify(name)}. List its schedules: slipway schedule list ${environment}`,
  )
}

/** Calls Temporal, and makes a {@link UserError} of each error that a person can act on. */
export function callSchedules<T>(
  client: Client,
  options: AbortOptions,
  call: () => Promise<T>,
): Promise<T> {
  return explainingErrors(options, () => callTemporal(client, options, call))
}
