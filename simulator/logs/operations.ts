import { AwsError, type Call, type Operations } from '../http/types.ts'
import { readFilterPattern } from './filter-pattern.ts'
import type { LogStream } from './streams.ts'

export interface LogsContext {
  readonly account: string
  readonly region: string
  readonly streams: () => readonly LogStream[]
  /** The last lines of a stream. */
  readonly read: (stream: LogStream, lines: number) => Promise<readonly string[]>
}

/** The most events that CloudWatch returns in one answer. */
const most = 10_000

/**
 * CloudWatch Logs, API version 2014-03-28: reads the output of containers with the `awslogs`
 * driver. Only the last lines of a stream are kept, each with the time of its task's start.
 */
export function logsOperations(context: LogsContext): Operations {
  const arnOf = (group: string): string =>
    `arn:aws:logs:${context.region}:${context.account}:log-group:${group}`

  return {
    DescribeLogGroups(call) {
      const prefix = text(call, 'logGroupNamePrefix') ?? ''
      const groups = new Set(context.streams().map(({ group }) => group))
      return {
        logGroups: [...groups]
          .filter((group) => group.startsWith(prefix))
          .toSorted()
          .map((group) => ({ logGroupName: group, arn: `${arnOf(group)}:*`, storedBytes: 0 })),
      }
    },

    DescribeLogStreams(call) {
      const prefix = text(call, 'logStreamNamePrefix') ?? ''
      const streams = inGroup(context, call).filter(({ name }) => name.startsWith(prefix))
      const byTime = call.input['orderBy'] === 'LastEventTime'
      const sorted = byTime ? streams : streams.toSorted((a, b) => (a.name < b.name ? -1 : 1))
      const ordered = call.input['descending'] === true ? sorted.toReversed() : sorted
      return {
        logStreams: ordered.slice(0, Number(call.input['limit'] ?? 50)).map((stream) => ({
          logStreamName: stream.name,
          creationTime: stream.startedAt,
          firstEventTimestamp: stream.startedAt,
          lastEventTimestamp: stream.startedAt,
          arn: `${arnOf(stream.group)}:log-stream:${stream.name}`,
          storedBytes: 0,
        })),
      }
    },

    async GetLogEvents(call) {
      const streamName = text(call, 'logStreamName')
      const stream = inGroup(context, call).find(({ name }) => name === streamName)
      if (stream === undefined) throw notFound('stream')
      const token = text(call, 'nextToken')
      // The first answer has all lines: with a token, the caller already has them.
      const lines = token === undefined ? await context.read(stream, limitOf(call)) : []
      return {
        events: lines.filter(withinTime(call, stream)).map((message) => ({
          timestamp: stream.startedAt,
          message,
          ingestionTime: stream.startedAt,
        })),
        nextForwardToken: token ?? `f/${stream.taskId}`,
        nextBackwardToken: token ?? `b/${stream.taskId}`,
      }
    },

    async FilterLogEvents(call) {
      const names = call.input['logStreamNames'] as readonly string[] | undefined
      const prefix = text(call, 'logStreamNamePrefix') ?? ''
      const matches = readFilterPattern(text(call, 'filterPattern') ?? '')
      const streams = inGroup(context, call).filter(
        ({ name }) => name.startsWith(prefix) && (names === undefined || names.includes(name)),
      )
      const found = await Promise.all(
        streams.map(async (stream) =>
          (await context.read(stream, most))
            .filter(withinTime(call, stream))
            .filter(matches)
            .map((message, index) => ({
              logStreamName: stream.name,
              timestamp: stream.startedAt,
              message,
              ingestionTime: stream.startedAt,
              eventId: `${stream.taskId}${String(index).padStart(6, '0')}`,
            })),
        ),
      )
      return { events: found.flat().slice(0, limitOf(call)), searchedLogStreams: [] }
    },
  }
}

function inGroup(context: LogsContext, call: Call): LogStream[] {
  const identifier = text(call, 'logGroupIdentifier')
  const group = text(call, 'logGroupName') ?? identifier?.replace(/^arn:.*:log-group:/, '')
  const streams = context.streams().filter((stream) => stream.group === group)
  if (streams.length === 0) throw notFound('group')
  return streams
}

function withinTime(call: Call, { startedAt }: LogStream): () => boolean {
  const from = Number(call.input['startTime'] ?? 0)
  const to = Number(call.input['endTime'] ?? Infinity)
  return () => startedAt >= from && startedAt < to
}

function limitOf(call: Call): number {
  const limit = Number(call.input['limit'] ?? most)
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit
  throw new AwsError(
    'InvalidParameterException',
    `1 validation error detected: Value at 'limit' failed to satisfy constraint: Member must be between 1 and ${most}`,
  )
}

function text(call: Call, field: string): string | undefined {
  const value = call.input[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function notFound(what: 'group' | 'stream'): AwsError {
  return new AwsError('ResourceNotFoundException', `The specified log ${what} does not exist.`)
}
