import type { Client } from '@temporalio/client'
import type { Step } from '../contract/releases.ts'
import { decodePayloads } from './temporal/decode-payloads.ts'

/** What `WorkflowHandle.fetchHistory` returns. */
type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>
type Event = NonNullable<History['events']>[number]

/** The steps of activities, as far as the history records them. */
const stepNames: Readonly<Record<string, Step['name']>> = {
  prepareSource: 'source',
  runChecks: 'checks',
  buildImage: 'build',
  pushImage: 'push',
  updateService: 'deploy',
  waitForRollout: 'wait',
  verifyRelease: 'verify',
  rollBackService: 'roll back',
  awaitCredentials: 'credentials',
}

/**
 * The steps of a release from the events of its workflow's history, which needs no worker: when
 * each activity was scheduled and how it ended, with its summary. Local activities (inspect,
 * register) leave no times there and are missing.
 */
export async function stepsOfHistory(client: Client, history: History): Promise<Step[]> {
  const events = history.events ?? []
  const ends = new Map(events.flatMap((event) => stepEndOf(event)))
  const steps = await Promise.all(
    events.map(async (event): Promise<Step | undefined> => {
      const scheduled = event.activityTaskScheduledEventAttributes
      const name = stepNames[scheduled?.activityType?.name ?? '']
      if (name === undefined) return undefined
      const end = ends.get(String(event.eventId))
      const note = end?.failure ?? (await summaryOf(client, event))
      return {
        name,
        state: end === undefined ? 'running' : end.failure === undefined ? 'done' : 'failed',
        startedAt: timeOf(event),
        ...(end === undefined ? {} : { endedAt: end.at }),
        ...(note === undefined ? {} : { note }),
      }
    }),
  )
  return steps.filter((step) => step !== undefined)
}

interface ActivityEnd {
  readonly at: number
  readonly failure?: string
}

function stepEndOf(event: Event): [string, ActivityEnd][] {
  const completed = event.activityTaskCompletedEventAttributes
  const failed = event.activityTaskFailedEventAttributes
  const timedOut = event.activityTaskTimedOutEventAttributes
  const canceled = event.activityTaskCanceledEventAttributes
  const ended = completed ?? failed ?? timedOut ?? canceled
  if (ended === undefined || ended === null) return []
  const failure =
    canceled === undefined || canceled === null
      ? (failed?.failure?.message ?? timedOut?.failure?.message ?? undefined)
      : 'cancelled'
  const at = timeOf(event)
  return [[String(ended.scheduledEventId), failure === undefined ? { at } : { at, failure }]]
}

async function summaryOf(client: Client, event: Event): Promise<string | undefined> {
  const payload = event.userMetadata?.summary
  if (payload === undefined || payload === null) return undefined
  const [summary] = await decodePayloads(client, [payload])
  return typeof summary === 'string' ? summary : undefined
}

function timeOf({ eventTime }: Event): number {
  return Number(eventTime?.seconds ?? 0) * 1_000 + Math.floor((eventTime?.nanos ?? 0) / 1_000_000)
}
