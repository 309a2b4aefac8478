import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { Client, Connection } from '@temporalio/client'
import * as library from '../../client/index.ts'
import { deployOf, specFor } from '../workflows/fixtures.ts'
import { startSilentServer } from './silent-server.ts'

const spec = specFor('abort', { notifications: [{ type: 'slack', urlFrom: 'SLACK', on: [] }] })
const requestedBy = 'ann'
const schedule = {
  spec,
  name: 'nightly',
  times: { kind: 'every', ms: 86_400_000 },
  catchUpMs: 60_000,
  what: { kind: 'redeploy' },
  requestedBy,
} as const

const describeWorkflow = 'DescribeWorkflowExecution'

interface Wait {
  readonly title: string
  readonly wait: (client: Client, options: library.AbortOptions) => Promise<unknown>
  /** The call that gets no answer. */
  readonly method: string
  /** Calls before it, which are answered with NOT_FOUND. */
  readonly unknown?: readonly string[]
}

const update = 'ExecuteMultiOperation'
const start = 'StartWorkflowExecution'

const waits: readonly Wait[] = [
  {
    title: 'requestDeploy, before it sends',
    wait: (client, options) => library.requestDeploy(client, deployOf(spec), options),
    method: describeWorkflow,
  },
  {
    title: 'requestDeploy',
    wait: (client, options) => library.requestDeploy(client, deployOf(spec), options),
    method: update,
    unknown: [describeWorkflow],
  },
  {
    title: 'requestRedeploy',
    wait: (client, options) =>
      library.requestRedeploy(client, { kind: 'redeploy', spec, requestedBy }, options),
    method: update,
    unknown: [describeWorkflow],
  },
  {
    title: 'requestRollback',
    wait: (client, options) =>
      library.requestRollback(client, { kind: 'rollback', spec, requestedBy }, options),
    method: update,
    unknown: [describeWorkflow],
  },
  {
    title: 'requestControl',
    wait: (client, options) => library.requestControl(client, spec, 'cancel', {}, options),
    method: update,
    unknown: [describeWorkflow],
  },
  {
    title: 'followRelease of a running release',
    wait: (client, options) =>
      library.followRelease(client, { id: 'release/production/1', runId: 'run' }, options),
    method: 'GetWorkflowExecutionHistory',
  },
  {
    title: 'followRelease of a waiting release',
    wait: (client, options) => library.followRelease(client, { id: 'release/a/1' }, options),
    method: 'QueryWorkflow',
    unknown: [describeWorkflow],
  },
  {
    title: 'planRelease',
    wait: (client, options) => library.planRelease(client, { spec, commit: '1' }, options),
    method: start,
  },
  {
    title: 'listRevisions',
    wait: (client, options) => library.listRevisions(client, spec, 'api', options),
    method: start,
  },
  {
    title: 'testNotifications',
    wait: (client, options) => library.testNotifications(client, { spec, requestedBy }, options),
    method: start,
  },
  {
    title: 'environmentStatus',
    wait: (client, options) => library.environmentStatus(client, spec, options),
    method: describeWorkflow,
  },
  {
    title: 'currentReleaseStatus',
    wait: (client, options) => library.currentReleaseStatus(client, 'release/a/1', options),
    method: 'QueryWorkflow',
  },
  {
    title: 'currentRollouts',
    wait: (client, options) => library.currentRollouts(client, 'release/a/1', options),
    method: describeWorkflow,
  },
  {
    title: 'explainRelease',
    wait: (client, options) => library.explainRelease(client, 'release/a/1', options),
    method: describeWorkflow,
  },
  {
    title: 'endedReleases',
    wait: (client, options) => library.endedReleases(client, 'production', 0, options),
    method: 'ListWorkflowExecutions',
  },
  {
    title: 'requireWorkers',
    wait: (client, options) => library.requireWorkers(client, { release: 'abort' }, options),
    method: 'DescribeTaskQueue',
  },
  {
    title: 'setUpSearchAttributes',
    wait: (client, options) => library.setUpSearchAttributes(client, options),
    method: 'ListSearchAttributes',
  },
  {
    title: 'putSchedule',
    wait: (client, options) => library.putSchedule(client, schedule, options),
    method: 'CreateSchedule',
    unknown: ['DeleteSchedule'],
  },
  {
    title: 'listSchedules',
    wait: (client, options) => library.listSchedules(client, 'production', options),
    method: 'ListSchedules',
  },
  {
    title: 'showSchedule',
    wait: (client, options) => library.showSchedule(client, 'production', 'nightly', options),
    method: 'DescribeSchedule',
  },
  {
    title: 'controlSchedule',
    wait: (client, options) =>
      library.controlSchedule(client, 'production', 'nightly', { kind: 'delete' }, options),
    method: 'DescribeSchedule',
  },
]

/** What would keep the process alive. */
const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')

const signalHandlers = () => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')

/** Aborts a wait once it has made a call that gets no answer. */
async function abortWait(
  { wait, method, unknown = [] }: Omit<Wait, 'title'>,
  clientFor: (address: string) => Connection,
): Promise<void> {
  const server = await startSilentServer(unknown)
  const connection = clientFor(server.address)
  const controller = new AbortController()
  const { signal } = controller
  const reason = new Error('the caller has had enough')
  const handlersBefore = signalHandlers()
  try {
    const waiting = wait(new Client({ connection }), { signal })
    await Promise.race([server.called(method), waiting.then(() => assert.fail('it did not wait'))])
    assert.equal(signalHandlers(), handlersBefore)
    controller.abort(reason)
    await assert.rejects(waiting, (error) => error === reason)
    assert.equal(getEventListeners(signal, 'abort').length, 0)
    assert.deepEqual(timers(), [])
    await server.idle()
  } finally {
    await connection.close()
    await server.close()
  }
}

describe('an abort rejects with its reason, and leaves no call, timer or listener', () => {
  for (const { title, ...wait } of waits) {
    test(title, () => abortWait(wait, (address) => Connection.lazy({ address, interceptors: [] })))
  }

  test('connect', async () => {
    const wait = {
      method: 'GetSystemInfo',
      wait: (_: Client, options: library.AbortOptions) => library.connect(options),
    }
    await abortWait(wait, (address) => {
      process.env['TEMPORAL_ADDRESS'] = address
      return Connection.lazy({ address })
    })
  })

  test('connect, between two attempts to reach a server', async () => {
    process.env['TEMPORAL_ADDRESS'] = '127.0.0.1:1'
    const controller = new AbortController()
    const reason = new Error('the caller has had enough')
    const connecting = library.connect({ signal: controller.signal })
    setImmediate(() => controller.abort(reason))
    await assert.rejects(connecting, (error) => error === reason)
    assert.deepEqual(timers(), [])
  })
})

test('nothing is called once the signal is aborted', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:1', interceptors: [] })
  const client = new Client({ connection })
  const reason = new Error('already')
  const options = { signal: AbortSignal.abort(reason) }
  for (const { title, wait } of waits) {
    await assert.rejects(wait(client, options), (error) => error === reason, title)
  }
  await assert.rejects(library.connect(options), (error) => error === reason)
  const source = library.findSource({ ...options, configFile: 'slipway.yaml' })
  await assert.rejects(source, (error) => error === reason)
  await assert.rejects(library.checkoutOf('.', options), (error) => error === reason)
  await connection.close()
})

test('every exported function that takes a client is tried here', () => {
  const tried = new Set(waits.map(({ title }) => title.split(/[ ,]/)[0]))
  const takesClient = Object.entries(library).flatMap(([name, value]) =>
    typeof value === 'function' && /^(async )?function \w+\(\s*client\b/.test(String(value))
      ? [name]
      : [],
  )
  assert.deepEqual(new Set(takesClient), tried)
})
