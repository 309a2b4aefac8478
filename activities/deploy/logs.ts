import { stripVTControlCharacters } from 'node:util'
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { FailedTask } from '../../rollout/failed-tasks.ts'
import type { AwsClients } from '../aws/clients.ts'
import { isDenied, errorName } from '../aws/errors.ts'
import { describeTaskDefinition } from '../ecs/task-definitions.ts'
import { shortName } from '../../rollout/arn.ts'
import { withoutControlCharacters } from '../../text/control-characters.ts'
import { shortened } from '../../text/plain.ts'

/** Enough for the end of a stack trace, and short enough for a workflow's history. */
const mostLines = 20
const longestLine = 500

/** Reading logs must not delay a rollback. */
const timeoutMs = 5_000

/**
 * Adds the last lines that a failed task's container wrote, if it logs to CloudWatch Logs through
 * the `awslogs` driver; otherwise the reason why there are none. Never throws: a failure without its
 * logs is better than none.
 *
 * The lines are what the user's own program printed, which may include secrets: `failure.logs: false`
 * in `slipway.yaml` leaves them out.
 */
export async function withLogs(clients: AwsClients, failed: FailedTask): Promise<FailedTask> {
  if (failed.container === undefined) return { ...failed, withoutLogs: 'no container ran' }
  try {
    const { definition } = await describeTaskDefinition(clients, failed.taskDefinition)
    const container = definition.containerDefinitions?.find(({ name }) => name === failed.container)
    const stream = streamOf(container, failed.task)
    if ('reason' in stream) return { ...failed, withoutLogs: stream.reason }
    const logs = await lastLines(clients, stream)
    if (logs.length > 0) return { ...failed, logs }
    return { ...failed, withoutLogs: `${stream.group}/${stream.name} is empty` }
  } catch (error) {
    return { ...failed, withoutLogs: missingReason(error, failed) }
  }
}

interface Stream {
  readonly group: string
  readonly name: string
}

/** `<prefix>/<container>/<task id>`, as the `awslogs` driver of ECS names them. */
function streamOf(
  container: ContainerDefinition | undefined,
  task: string,
): Stream | { readonly reason: string } {
  const { logDriver, options = {} } = container?.logConfiguration ?? {}
  const name = container?.name ?? ''
  if (logDriver !== 'awslogs') {
    const driver = logDriver === undefined ? 'no log driver' : `log driver ${logDriver}`
    return { reason: `container ${name} has ${driver}, not awslogs` }
  }
  const group = options['awslogs-group']
  const prefix = options['awslogs-stream-prefix']
  if (group === undefined || prefix === undefined) {
    return {
      reason: `container ${name} sets no awslogs-group or no awslogs-stream-prefix, so its log stream is unknown`,
    }
  }
  return { group, name: `${prefix}/${name}/${task}` }
}

async function lastLines(clients: AwsClients, { group, name }: Stream): Promise<string[]> {
  const answer = await clients.logs.send(
    new GetLogEventsCommand({
      logGroupName: group,
      logStreamName: name,
      limit: mostLines,
      startFromHead: false,
    }),
    { abortSignal: AbortSignal.timeout(timeoutMs) },
  )
  return (answer.events ?? [])
    .flatMap(({ message = '' }) => message.split(/\r?\n/))
    .map(cleanLine)
    .filter((line) => line !== '')
    .slice(-mostLines)
}

/** Without the control sequences of a terminal, and of bounded length. */
function cleanLine(line: string): string {
  const clean = withoutControlCharacters(stripVTControlCharacters(line)).trimEnd()
  return shortened(clean, longestLine)
}

function missingReason(error: unknown, { taskDefinition }: FailedTask): string {
  if (isDenied(error)) {
    return 'the worker may not read them: it needs logs:GetLogEvents on the log group'
  }
  const name = errorName(error)
  if (name === 'ResourceNotFoundException') return 'CloudWatch has no such log group or stream'
  return `they cannot be read for ${shortName(taskDefinition)} (${name || 'unknown error'})`
}
