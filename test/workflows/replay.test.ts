import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { before, test } from 'node:test'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker, type ReplayError, type WorkflowBundle } from '@temporalio/worker'
import { bundleWorkflows } from '../../worker/workflow-bundle.ts'
import { logErrorsOnly } from './harness.ts'

/**
 * After an upgrade a worker continues running workflows from their histories. So every history that
 * was ever recorded must lead today's code to the same commands.
 */
const folder = new URL('../fixtures/histories/', import.meta.url)

let bundle: WorkflowBundle
before(async () => {
  logErrorsOnly()
  bundle = await bundleWorkflows(new URL('../../workflows/index.ts', import.meta.url))
})

async function replay(history: unknown): Promise<ReplayError | undefined> {
  const histories = [
    { workflowId: 'release/production/replayed', history: historyFromJSON(history) },
  ]
  for await (const result of Worker.runReplayHistories({ workflowBundle: bundle }, histories)) {
    return result.error
  }
  throw new assert.AssertionError({ message: 'nothing was replayed' })
}

const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.json'))
const read = async (file: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(file, folder), 'utf8'))

test('there is a recorded history of every kind of end', () => {
  for (const name of [
    'succeeded',
    'rejected',
    'rolled-back',
    'rollback-failed',
    'cancelled',
    'environment',
    'environment-cancelled',
    'environment-notifications',
    'scheduled',
  ]) {
    assert.ok(
      files.some((file) => file.endsWith(`/${name}.json`)),
      `${name} is missing`,
    )
  }
})

for (const file of files.toSorted()) {
  test(`${file} leads today's workflows to the same commands`, async () => {
    assert.equal(await replay(await read(file)), undefined)
  })
}

test('a history that does not match the code is noticed', async () => {
  const file = files.find((name) => name.endsWith('/succeeded.json')) ?? ''
  const text = JSON.stringify(await read(file)).replaceAll('"updateService"', '"somethingElse"')
  assert.match(String(await replay(JSON.parse(text))), /Nondeterminism|TMPRL1100/)
})
