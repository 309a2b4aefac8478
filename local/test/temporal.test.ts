import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { Client, Connection } from '@temporalio/client'
import { freePort } from '../process/free-port.ts'
import { startTemporal } from '../stack/temporal.ts'
import { outcomeKey, summaryKey } from '../../contract/search-attributes.ts'

test(
  'a dev server that was killed goes on where it was, on the same file and ports',
  { timeout: 120_000 },
  async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'))
    t.after(() => rm(folder, { recursive: true }))
    const options = {
      port: await freePort(),
      uiPort: await freePort(),
      databaseFile: path.join(folder, 'state', 'temporal.db'),
      logFile: path.join(folder, 'temporal.log'),
    }
    const first = await startTemporal(options)
    t.after(first.stop)
    await withClient(first.address, async (client) => {
      await client.workflow.start('anything', {
        workflowId: 'kept',
        taskQueue: 'nobody',
        typedSearchAttributes: [{ key: outcomeKey, value: 'succeeded' }],
      })
    })
    process.kill(first.pid, 'SIGKILL')
    await assert.rejects(first.failed, /the Temporal dev server ended with SIGKILL/)

    const second = await startTemporal(options)
    t.after(second.stop)
    await withClient(second.address, async (client) => {
      const { status, typedSearchAttributes } = await client.workflow.getHandle('kept').describe()
      assert.equal(status.name, 'RUNNING')
      assert.equal(typedSearchAttributes.get(outcomeKey), 'succeeded')
    })
    const page = await fetch(second.uiUrl)
    assert.equal(page.status, 200)
    assert.match(await page.text(), /<html/)
  },
)

test(
  'a dev server that goes on from an earlier version knows the search attributes of this one',
  { timeout: 120_000 },
  async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'))
    t.after(() => rm(folder, { recursive: true }))
    const options = {
      databaseFile: path.join(folder, 'temporal.db'),
      logFile: path.join(folder, 'temporal.log'),
    }
    const first = await startTemporal({ ...options, searchAttributes: { Earlier: 'KEYWORD' } })
    await first.stop()
    const second = await startTemporal(options)
    t.after(second.stop)
    await withClient(second.address, async (client) => {
      const handle = await client.workflow.start('anything', {
        taskQueue: 'nobody',
        workflowId: 'words',
        typedSearchAttributes: [{ key: summaryKey, value: 'Greet by name' }],
      })
      const { typedSearchAttributes } = await handle.describe()
      assert.equal(typedSearchAttributes.get(summaryKey), 'Greet by name')
    })
  },
)

test(
  'a dev server is not started on a port that another one has',
  { timeout: 120_000 },
  async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'))
    t.after(() => rm(folder, { recursive: true }))
    const logFile = path.join(folder, 'temporal.log')
    const first = await startTemporal({ logFile, searchAttributes: {} })
    t.after(first.stop)
    const port = Number(first.address.split(':')[1])
    const second = startTemporal({ logFile, port, searchAttributes: {} })
    await assert.rejects(second, new RegExp(`Port ${port} .* wanted for Temporal, is taken`))
  },
)

test(
  'a dev server that cannot start fails with the end of its log',
  { timeout: 120_000 },
  async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'))
    t.after(() => rm(folder, { recursive: true }))
    const logFile = path.join(folder, 'temporal.log')
    const failing = startTemporal({ logFile, searchAttributes: { Odd: 'NO_SUCH_TYPE' } })
    await assert.rejects(failing, (error: Error) => {
      assert.match(error.message, /^the Temporal dev server ended with 1/)
      assert.match(error.message, /NoSuchType/)
      return true
    })
  },
)

async function withClient(address: string, use: (client: Client) => Promise<void>) {
  const connection = await Connection.connect({ address })
  try {
    await use(new Client({ connection }))
  } finally {
    await connection.close()
  }
}
