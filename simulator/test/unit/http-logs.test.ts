import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs'
import { logsOperations } from '../../logs/operations.ts'
import type { LogStream } from '../../logs/streams.ts'
import { testEndpoint } from './http-endpoint.ts'

const logGroupName = '/mailman'
const startedAt = Date.UTC(2026, 0, 1)

function stream(name: string, group = logGroupName): LogStream {
  return { group, name, taskId: name, container: 'api', startedAt }
}

async function logsWith(lines: Readonly<Record<string, readonly string[]>>) {
  const endpoint = await testEndpoint({
    Logs: logsOperations({
      account: '000000000000',
      region: 'us-east-1',
      streams: () => [...Object.keys(lines).map((name) => stream(name)), stream('x', '/other')],
      read: ({ name }, most) => Promise.resolve((lines[name] ?? []).slice(-most)),
    }),
  })
  const client = new CloudWatchLogsClient(endpoint.client())
  return { client, [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose]() }
}

test('only the streams of a group are listed', async () => {
  await using logs = await logsWith({ b: [], a: [] })

  const { logStreams } = await logs.client.send(new DescribeLogStreamsCommand({ logGroupName }))

  assert.deepEqual(
    logStreams?.map(({ logStreamName, creationTime }) => [logStreamName, creationTime]),
    [
      ['a', startedAt],
      ['b', startedAt],
    ],
  )
})

test('the first answer has the last lines of a stream; its token returns no more', async () => {
  await using logs = await logsWith({ a: ['1', '2', '3'] })
  const read = (nextToken?: string) =>
    logs.client.send(
      new GetLogEventsCommand({ logGroupName, logStreamName: 'a', limit: 2, nextToken }),
    )

  const first = await read()
  const second = await read(first.nextForwardToken)

  assert.deepEqual(
    first.events?.map(({ message }) => message),
    ['2', '3'],
  )
  assert.deepEqual(second.events, [])
  assert.equal(second.nextForwardToken, first.nextForwardToken)
})

test('lines are found by words and phrases in every stream, and paging ends', async () => {
  await using logs = await logsWith({ a: ['GET /health 500'], b: ['GET /health 200', 'POST /'] })
  const found: (string | undefined)[] = []
  const pages = paginateFilterLogEvents(
    { client: logs.client },
    { logGroupName, filterPattern: '"GET /health" 500' },
  )
  for await (const { events } of pages) found.push(...(events ?? []).map(({ message }) => message))

  assert.deepEqual(found, ['GET /health 500'])
})

test('unknown groups and streams and patterns that are not modelled are errors', async () => {
  await using logs = await logsWith({ a: [] })

  await assert.rejects(
    logs.client.send(new DescribeLogStreamsCommand({ logGroupName: '/nowhere' })),
    { name: 'ResourceNotFoundException', message: 'The specified log group does not exist.' },
  )
  await assert.rejects(
    logs.client.send(new GetLogEventsCommand({ logGroupName, logStreamName: 'b' })),
    { name: 'ResourceNotFoundException', message: 'The specified log stream does not exist.' },
  )
  await assert.rejects(
    logs.client.send(new FilterLogEventsCommand({ logGroupName, filterPattern: '{ $.a = 1 }' })),
    { name: 'InvalidParameterException' },
  )
})
