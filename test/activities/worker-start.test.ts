import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client, Connection } from '@temporalio/client'
import type { Child } from '../../local/process/child.ts'
import { startTemporal, type TemporalServer } from '../../local/stack/temporal.ts'
import { startWorker } from '../../local/stack/worker.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { testDisposer } from '../test-disposer.ts'
import { makeRepository } from './git-repository.ts'
import { builders, contentOf } from './killable-builder.ts'

const folder = temporaryFolder()
const cache = join(folder, 'cache')
const disposer = testDisposer()
const { start, killAll } = builders()
let server: TemporalServer
let client: Client

before(async () => {
  server = await startTemporal({ logFile: join(folder, 'temporal.log') })
  disposer.add('Temporal', server.stop)
  const connection = await Connection.connect({ address: server.address })
  disposer.add('the connection', () => connection.close())
  client = new Client({ connection })
})
after(async () => {
  await killAll()
  await disposer.dispose()
})

async function whileWorkerRuns(then: () => Promise<void>): Promise<void> {
  const worker: Child = await startWorker({
    logFile: join(folder, 'worker.log'),
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      SLIPWAY_CACHE: cache,
      TEMPORAL_ADDRESS: server.address,
      AWS_REGION: 'us-east-1',
    },
  })
  try {
    await then()
  } finally {
    await worker.stop()
  }
}

test('a worker removes what a killed one left, but for a release that still runs', async () => {
  const repository = await makeRepository(join(folder, 'repository'))
  const commit = await repository.commit('First', { file: 'one' })
  const running = await client.workflow.start('release', {
    workflowId: 'release/production/running',
    taskQueue: 'served-by-nobody',
  })
  const sources = ['release/production/over', running.workflowId].map((release) => ({
    release,
    repository: repository.path,
    commit,
  }))
  const [over, stillRuns] = sources
  assert.ok(over && stillRuns)
  const killed = [
    await start('log in', cache, over),
    await start('check out', cache, over),
    await start('check out', cache, stillRuns),
    await start('write the configuration of the clone', cache, over),
  ]
  const living = await start('log in', cache, over)
  await Promise.all(killed.map((one) => one.kill()))
  assert.equal((await contentOf(cache, 'logins')).length, 2)

  await whileWorkerRuns(async () => {
    assert.equal((await contentOf(cache, 'logins')).length, 1)
    const left = await contentOf(cache, 'worktrees')
    assert.equal(left.length, 3, left.join())
    assert.ok(left.every((name) => name.includes('running')))
    const [mirror = '', ...locks] = await contentOf(cache, 'mirrors')
    assert.deepEqual(locks, [])
    assert.equal((await contentOf(cache, `mirrors/${mirror}/worktrees`)).length, 1)
  })

  await living.kill()
  await running.terminate()
  await whileWorkerRuns(async () => {
    assert.deepEqual(await contentOf(cache, 'logins'), [])
    assert.deepEqual(await contentOf(cache, 'worktrees'), [])
    assert.equal((await contentOf(cache, 'owners')).length, 1)
  })
})
