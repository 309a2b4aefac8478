import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import {
  connect,
  type FollowEvent,
  followRelease,
  requestDeploy,
  type SetupResult,
  setUpSearchAttributes,
} from '../../client/index.ts'
import { startTemporal } from '../../local/stack/temporal.ts'
import { bundleWorkflows } from '../../worker/workflow-bundle.ts'
import { searchAttributes } from '../../contract/search-attributes.ts'
import { deployOf, fakes, live, specFor } from '../workflows/fixtures.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { holdActivity, runSlipway } from './cli-fixture.ts'

test('following a release survives a crash of the server', async () => {
  const folder = temporaryFolder()
  const logFile = join(folder, 'temporal.log')
  const databaseFile = join(folder, 'temporal.db')
  const first = await startTemporal({ logFile, databaseFile })
  const port = Number(first.address.split(':')[1])
  process.env['TEMPORAL_ADDRESS'] = first.address
  await using connected = await connect()
  const { client } = connected
  const native = await NativeConnection.connect({ address: first.address })
  const held = holdActivity<RolloutEnd>()
  const worker = await Worker.create({
    connection: native,
    taskQueue: 'outage',
    workflowBundle: await bundleWorkflows(new URL('../../workflows/index.ts', import.meta.url)),
    activities: fakes('outage', { waitForRollout: held.run }).activities,
  })
  const serving = worker.run()
  const accepted = await requestDeploy(client, deployOf(specFor('outage')))
  const events: FollowEvent[] = []
  const lost = Promise.withResolvers<void>()
  const followed = followRelease(
    client,
    { id: accepted.releaseId, runId: accepted.runId ?? assert.fail('it has not begun') },
    {
      onEvent: (event) => {
        events.push(event)
        if (event.kind === 'trouble' && event.with === 'server') lost.resolve()
      },
    },
  )
  await held.started
  process.kill(first.pid, 'SIGKILL')
  await first.failed.catch(() => {})
  await lost.promise
  const interrupt = new AbortController()
  const interrupted = followRelease(
    client,
    { id: accepted.releaseId },
    { signal: interrupt.signal },
  )
  interrupt.abort()
  await assert.rejects(interrupted, { name: 'AbortError' }, 'at once, although the server is down')
  const second = await startTemporal({ logFile, databaseFile, port })
  held.finish(live)
  const result = await followed
  worker.shutdown()
  await serving
  await native.close()
  await second.stop()
  assert.equal(result.outcome, 'succeeded')
  const troubles = events.filter((event) => 'with' in event && event.with === 'server')
  assert.deepEqual(
    troubles.map(({ kind }) => kind),
    ['trouble', 'recovered'],
    'reported once, and its end as well',
  )
})

test('a worker does not start until setup has created the search attributes', async () => {
  const folder = temporaryFolder()
  const logFile = join(folder, 'temporal.log')
  const server = await startTemporal({ logFile, searchAttributes: { SlipwayOutcome: 'KEYWORD' } })
  const slipway = (...args: readonly string[]) => runSlipway(folder, server.address, args)
  try {
    const worker = await slipway('worker')
    assert.equal(worker.exitCode, 2)
    assert.match(worker.stderr, /did not start: .*SlipwayCommit.*slipway setup/)
    const first = JSON.parse((await slipway('setup', '--json')).stdout) as SetupResult
    assert.deepEqual(first.present, ['SlipwayOutcome'])
    const all = Object.keys(searchAttributes)
    assert.deepEqual([...first.created, ...first.present].toSorted(), all.toSorted())
    const again = await slipway('setup')
    assert.equal(again.exitCode, 0)
    assert.match(again.stdout, /already has every search attribute/)
  } finally {
    await server.stop()
  }
})

test('an unknown namespace is an error, and not taken for an empty one', async () => {
  const folder = temporaryFolder()
  const server = await startTemporal({ logFile: join(folder, 'temporal.log') })
  try {
    const { exitCode, stderr } = await runSlipway(
      folder,
      server.address,
      ['wait', 'release/production/3f2c1ab'],
      { TEMPORAL_NAMESPACE: 'nowhere' },
    )
    assert.equal(exitCode, 2)
    assert.match(stderr, /nowhere/)
    assert.match(stderr, /TEMPORAL_NAMESPACE/)
  } finally {
    await server.stop()
  }
})

test('setup rejects an attribute that exists with another type', async () => {
  const logFile = join(temporaryFolder(), 'temporal.log')
  const server = await startTemporal({ logFile, searchAttributes: { SlipwayOutcome: 'INT' } })
  const connection = await Connection.connect({ address: server.address })
  try {
    await assert.rejects(setUpSearchAttributes(new Client({ connection })), {
      name: 'UserError',
      message: /SlipwayOutcome exists with another type/,
    })
  } finally {
    await connection.close()
    await server.stop()
  }
})
