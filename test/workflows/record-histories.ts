import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { ApplicationFailure } from '@temporalio/activity'
import type { WorkflowHandle } from '@temporalio/client'
import { anotherCommit, commit, deployOf, live, type fakes } from './fixtures.ts'
import {
  heldRollout,
  startEnvironmentHarness,
  until,
  withEnvironment,
  type EnvironmentFixture,
} from './environment-fixture.ts'
import { controlUpdates } from '../../contract/messages.ts'
import { replaceWorkers, waysToReplace } from './replaced-worker.ts'
import { startScheduledRun } from './scheduled-run.ts'
import type { RolloutEnd } from '../../contract/activity-types.ts'

/**
 * Records histories for the replay test: `node test/workflows/record-histories.ts --as 0.3`. Those
 * that are there already stay, since every later version must continue what an older one began.
 */
const { values } = parseArgs({ options: { as: { type: 'string' } } })
if (values.as === undefined) throw new Error('give the version that the histories are of: --as 0.2')
const folder = new URL(`../fixtures/histories/${values.as}/`, import.meta.url)
const unhealthy: RolloutEnd = {
  kind: 'rolled_back',
  reason: 'ECS rolled back',
  cause: 'Health check.',
}

const harness = await startEnvironmentHarness()
try {
  await mkdir(folder, { recursive: true })
  await record('succeeded', {}, release)
  await record('rejected', { runChecks: async () => failChecks() }, release)
  const workerUnhealthy = async ({ service }: { service: { name: string } }) =>
    service.name === 'worker' ? unhealthy : live
  await record('rolled-back', { waitForRollout: workerUnhealthy }, release)
  await record(
    'rollback-failed',
    { waitForRollout: async () => unhealthy, rollBackService: async () => unhealthy },
    release,
  )
  const wait = heldRollout()
  await record('cancelled', { waitForRollout: wait.waitForRollout }, async (environment) => {
    const accepted = await environment.deploy(commit)
    await wait.begun
    await environment.handle.signal('rollback')
    await environment.end(accepted)
    return environment.release(accepted)
  })
  await record('environment', {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    await environment.end(await environment.deploy(anotherCommit))
    await environment.handle.signal('rollback', { reason: 'slow' })
    await until(
      () => environment.status(),
      ({ releases }) => releases.length === 3,
    )
    return environment.handle
  })
  const held = heldRollout()
  let isHeld = false
  const holdSecond = async () => (isHeld ? held.waitForRollout() : live)
  await record('environment-cancelled', { waitForRollout: holdSecond }, async (environment) => {
    await environment.end(await environment.deploy(commit))
    isHeld = true
    const second = await environment.deploy(anotherCommit)
    await held.begun
    await environment.handle.signal('freeze', { reason: 'incident' })
    await environment.handle.executeUpdate(controlUpdates.cancel, { args: [{}] })
    await environment.end(second)
    isHeld = false
    await environment.handle.signal('unfreeze', {})
    await environment.end(await environment.deploy('c'.repeat(40)))
    return environment.handle
  })
  await record('scheduled', {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    const run = await startScheduledRun(harness, environment, { kind: 'redeploy' })
    await run.result()
    return run
  })
  for (const [title, happens] of Object.entries(waysToReplace)) {
    await save(`environment-after-${title.replaceAll(' ', '-')}`, () =>
      replaceWorkers(harness, happens),
    )
  }
  let tries = 0
  const busyOnce = async () => {
    tries += 1
    if (tries === 1) throw ApplicationFailure.create({ type: 'Unavailable', message: 'busy' })
  }
  await record('environment-notifications', { notify: busyOnce }, async (environment) => {
    const notifications = (['slack', 'webhook'] as const).map((type) => ({
      type,
      urlFrom: type.toUpperCase(),
      on: ['started', 'outcome'] as const,
    }))
    await environment.end(
      await environment.request(deployOf({ ...environment.spec, notifications })),
    )
    await until(
      () => environment.status(),
      ({ unsent }) => unsent === undefined,
    )
    return environment.handle
  })
} finally {
  await harness.close()
}

async function release(environment: EnvironmentFixture): Promise<WorkflowHandle> {
  const accepted = await environment.deploy(commit)
  await environment.end(accepted)
  return environment.release(accepted)
}

async function record(
  name: string,
  otherwise: Parameters<typeof fakes>[1],
  play: (environment: EnvironmentFixture) => Promise<WorkflowHandle>,
): Promise<void> {
  await save(name, async () => {
    const played = Promise.withResolvers<WorkflowHandle>()
    await withEnvironment(harness, otherwise, async (environment) => {
      played.resolve(await play(environment))
    })
    return played.promise
  })
}

async function save(name: string, play: () => Promise<WorkflowHandle>): Promise<void> {
  const file = new URL(`${name}.json`, folder)
  if (existsSync(file)) return
  const handle = await play()
  const history = historyToJSON(await handle.fetchHistory())
  await writeFile(file, `${withoutMachine(history)}\n`)
  process.stdout.write(`${name}\n`)
}

/** Removes paths and names of this machine, which a replay does not need. */
function withoutMachine(history: string): string {
  const neutral: Record<string, string> = { stackTrace: '', identity: 'recorded' }
  return JSON.stringify(
    JSON.parse(history, (key, value: unknown) => neutral[key] ?? value),
    null,
    1,
  )
}

function failChecks(): never {
  throw ApplicationFailure.nonRetryable('make check exited with 2', 'ChecksFailed')
}
