import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Client } from '@temporalio/client'
import {
  connect,
  type Connected,
  endedReleases,
  listSchedules,
  putSchedule,
} from '../../client/index.ts'
import { releaseWorkflow } from '../../contract/messages.ts'
import { environmentKey, outcomeKey, projectKey } from '../../contract/search-attributes.ts'
import { startTemporal, type TemporalServer } from '../../local/stack/temporal.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { until } from '../workflows/environment-fixture.ts'
import { specFor } from '../workflows/fixtures.ts'

/** Names that a list filter would read as something else if they were put into it. */
const names = [
  'pro"duction',
  "pro'duction",
  'pro`duction',
  'back\\slash',
  'ends in \\',
  '\\" OR "" = "',
  '" OR WorkflowType != "',
  "' OR WorkflowType != '",
  '" -- ',
  'new\nline\ttab\u0007bell',
  '%',
  '_',
  'größe 🚢',
  '\\n',
  '\\u0041',
  '?',
]

let server: TemporalServer
let connected: Connected
before(async () => {
  server = await startTemporal({ logFile: join(temporaryFolder(), 'temporal.log') })
  process.env['TEMPORAL_ADDRESS'] = server.address
  connected = await connect()
})
after(async () => {
  await connected[Symbol.asyncDispose]()
  await server.stop()
})

/** A release as visibility lists it: without a worker, and terminated at once. */
async function endedRelease(client: Client, environment: string): Promise<string> {
  const handle = await client.workflow.start(releaseWorkflow, {
    workflowId: `release/${randomUUID()}`,
    taskQueue: 'nobody',
    typedSearchAttributes: [
      { key: projectKey, value: environment },
      { key: environmentKey, value: environment },
      { key: outcomeKey, value: 'succeeded' },
    ],
  })
  await handle.terminate()
  return handle.workflowId
}

/** Visibility lists what is new after a moment. */
function listed<T>(list: () => Promise<readonly T[]>, name: string): Promise<readonly T[]> {
  const giveUpAt = Date.now() + 20_000
  return until(list, (found) => {
    assert.ok(Date.now() < giveUpAt, `nothing is listed of ${JSON.stringify(name)}`)
    return found.length > 0
  })
}

test('the releases of an environment are found whatever its name is, and no others', async () => {
  const { client } = connected
  const ids = new Map<string, string>()
  for (const name of ['plain', ...names]) ids.set(name, await endedRelease(client, name))
  for (const [name, id] of ids) {
    const found = await listed(() => endedReleases(client, name, 0), name)
    assert.deepEqual(
      found.map((release) => release.id),
      [id],
      JSON.stringify(name),
    )
  }
  assert.deepEqual(await endedReleases(client, 'plain', Date.now() + 60_000), [])
})

test('so are its schedules', async () => {
  const { client } = connected
  for (const name of names) {
    const spec = specFor('nobody', { environment: name, project: name })
    const times = { kind: 'every', ms: 86_400_000 } as const
    const what = { kind: 'redeploy' } as const
    const schedule = { spec, name: 'nightly', times, what, catchUpMs: 60_000, requestedBy: 'ann' }
    await putSchedule(client, schedule)
  }
  for (const name of names) {
    const found = await listed(() => listSchedules(client, name), name)
    assert.deepEqual(
      found.map(({ environment }) => environment),
      [name],
    )
  }
})
