import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client'
import * as protocol from '../contract/messages.ts'
import type { ScheduledInput, ScheduledWork } from '../contract/schedules.ts'
import { environmentKey } from '../contract/search-attributes.ts'
import { explained } from './explain-error.ts'
import { persistently } from './retry-outages.ts'
import { UserError } from './user-error.ts'
import { type ScheduledRun, runsOf } from './scheduled-runs.ts'

/** A schedule as Temporal has it. Moments are ISO 8601. */
export interface Schedule {
  readonly environment: string
  readonly name: string
  readonly what: ScheduledWork
  /** The times, in words. */
  readonly when: string
  readonly requestedBy: string
  /** The task queue of its runs, as the configuration named it when the schedule was made. */
  readonly queue: string
  readonly paused: boolean
  /** Why it is paused, or goes on. */
  readonly note?: string
  readonly nextRuns: readonly string[]
  /** Newest first. */
  readonly lastRuns: readonly ScheduledRun[]
  /** Runs that did not begin because the one before had not ended. */
  readonly skipped: number
  /** Runs that were missed in an outage that lasted too long to make up for. */
  readonly missed: number
}

/** `<environment>/<name>` */
export const scheduleId = (environment: string, name: string) => `${environment}/${name}`

/** What a schedule does, in words. */
export function workText(what: ScheduledWork): string {
  if (what.kind === 'redeploy') return 'redeploy of what is live'
  return `rebuild and deploy of ${what.branch ?? 'the default branch'}`
}

/** The schedules of an environment, by name. A new one takes a moment to be listed. */
export async function listSchedules(
  client: Client,
  environment: string,
): Promise<readonly Schedule[]> {
  return asked(client, async () => {
    const ids: string[] = []
    const query = `${environmentKey.name} = ${JSON.stringify(environment)}`
    for await (const { scheduleId: id, action } of client.schedule.list({ query })) {
      const ours = action?.workflowType === protocol.scheduledWorkflow
      if (ours && id.startsWith(`${environment}/`)) ids.push(id)
    }
    const found = await Promise.all(ids.toSorted().map((id) => describe(client, id, 1)))
    return found.filter((one) => one !== undefined)
  })
}

/** @throws Refusal where the environment has no such schedule */
export async function showSchedule(
  client: Client,
  environment: string,
  name: string,
): Promise<Schedule> {
  const id = scheduleId(environment, name)
  const found = await asked(client, () => describe(client, id, 5))
  if (found === undefined) throw noSchedule(environment, name)
  return found
}

export type ScheduleControl =
  | { readonly kind: 'pause' | 'resume'; readonly note: string }
  | { readonly kind: 'trigger' | 'delete' }

/**
 * Pauses a schedule, lets it go on, runs it now, or deletes it.
 *
 * @throws Refusal where the environment has no such schedule, or where it shall run and does
 */
export async function controlSchedule(
  client: Client,
  environment: string,
  name: string,
  control: ScheduleControl,
): Promise<void> {
  const schedule = await showSchedule(client, environment, name)
  const handle = client.schedule.getHandle(scheduleId(environment, name))
  await asked(client, async () => {
    switch (control.kind) {
      case 'pause':
        return handle.pause(control.note)
      case 'resume':
        return handle.unpause(control.note)
      case 'delete':
        return handle.delete().catch((error: unknown) => {
          // Somebody has meanwhile, or this did and the answer was lost.
          if (!(error instanceof ScheduleNotFoundError)) throw error
        })
      case 'trigger': {
        const busy = schedule.lastRuns.find(({ outcome }) => outcome === 'running')
        if (busy === undefined) return handle.trigger('SKIP')
        throw new UserError(
          `${busy.workflowId} of this schedule has not ended yet; a second one would be skipped. Look at it with: slipway schedule show ${environment} ${name}`,
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
      nextRuns: info.nextActionTimes.slice(0, 5).map((moment) => moment.toISOString()),
      lastRuns: await runsOf(client, found, runs),
      skipped: info.numActionsSkippedOverlap,
      missed: info.numActionsMissedCatchupWindow,
    }
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined
    throw error
  }
}

/** Another product may have made a schedule of the same id. */
function inputOf({ action }: ScheduleDescription): ScheduledInput | undefined {
  if (action.workflowType !== protocol.scheduledWorkflow) return undefined
  return action.args?.[0] as ScheduledInput | undefined
}

function noSchedule(environment: string, name: string): UserError {
  return new UserError(
    `${environment} has no schedule ${JSON.stringify(name)}. See the ones there are: slipway schedule list ${environment}`,
  )
}

/** Asks with a deadline, and makes refusals of the errors that a person can act on. */
export async function asked<T>(client: Client, ask: () => Promise<T>): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + 30_000, () => persistently(ask))
  } catch (error) {
    throw explained(error)
  }
}
