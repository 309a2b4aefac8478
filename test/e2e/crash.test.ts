import { testDisposer } from '../test-disposer.ts'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { followRelease, requestDeploy } from '../../client/index.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { Child } from '../../local/process/child.ts'
import { requireFreePort } from '../../local/process/free-port.ts'
import { commitHello } from '../../local/stack/hello.ts'
import { isAlive } from '../../local/process/process.ts'
import { startTemporal } from '../../local/stack/temporal.ts'
import { until } from '../../local/process/until.ts'
import { startWorker } from '../../local/stack/worker.ts'
import type { ReleaseResult } from '../../contract/releases.ts'
import { control, untilFailedOnce, untilHit, untilStarted, untilWritten } from './crash-moment.ts'
import {
  deploymentsAndRevisions,
  openCrashFixture,
  versionsServed,
  type CrashFixture,
} from './crash-fixture.ts'

/**
 * A crash must not change how a release ends. The worker is killed while several releases run, each
 * held in another step.
 */

let fixture: CrashFixture
const disposer = testDisposer()

before(async () => {
  fixture = await openCrashFixture()
  disposer.add('the stack', fixture.close)
})
afterEach(() => giveCapacityBack())
after(disposer.dispose)

interface Released {
  readonly spec: EnvironmentSpec
  readonly before: Awaited<ReturnType<typeof deploymentsAndRevisions>>
  readonly id: string
  readonly ended: Promise<ReleaseResult>
}

async function deploy(spec: EnvironmentSpec, commit: string): Promise<Released> {
  const counts = await deploymentsAndRevisions(fixture.aws, spec)
  const { releaseId: id, runId } = await requestDeploy(fixture.temporal, {
    kind: 'deploy',
    spec,
    commit,
    subject: 'A release with a crash',
    requestedBy: 'a test',
  })
  const ended = followRelease(fixture.temporal, { id, runId })
  ended.catch(() => {})
  return { spec, before: counts, id, ended }
}

/** The release ended with this outcome and version, and deployed and registered no service twice. */
async function assertEnd(released: Released, outcome: ReleaseResult['outcome'], version: string) {
  const result = await released.ended
  assert.equal(result.outcome, outcome, result.message)
  assert.deepEqual(await versionsServed(fixture.aws, released.spec), [version])
  // A release that is rolled back never reaches the services after the first one.
  const touched = outcome === 'succeeded' ? released.before.length : 1
  assert.deepEqual(
    await deploymentsAndRevisions(fixture.aws, released.spec),
    released.before.map(({ service, deployments, revisions }, index) => ({
      service,
      deployments: deployments + (index < touched ? 1 : 0),
      revisions: revisions + 1,
    })),
  )
  return result
}

async function ends(...expected: Parameters<typeof assertEnd>): Promise<void> {
  await assertEnd(...expected)
}

const workerLog = () => path.join(fixture.stack.logs, 'worker.log')

async function newWorker(): Promise<Child> {
  const worker = await startWorker({ env: fixture.stack.env, logFile: workerLog() })
  disposer.add('a worker', () => worker.stop())
  return worker
}

async function killed(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL')
  await until(async () => !isAlive(pid), { what: `process ${pid} to exit`, timeoutMs: 10_000 })
}

/** ECS cannot place new tasks until capacity is given back, so releases keep waiting for them. */
const takeCapacity = () =>
  control(fixture.stack.aws, 'PUT', 'capacity', { outOf: 'RESOURCE:MEMORY is used up.' })
async function giveCapacityBack(): Promise<void> {
  await control(fixture.stack.aws, 'DELETE', 'capacity')
}
const fault = (one: object) => control(fixture.stack.aws, 'POST', 'faults', one)

/** A commit whose build prints one line a second for a while, and is in no engine's cache. */
async function commitSlowBuild(): Promise<string> {
  const file = path.join(fixture.checkout, 'build.sh')
  const quick = await readFile(file, 'utf8')
  const slowly = `: ${randomUUID()}
for step in 1 2 3 4 5 6; do echo "compiling step $step"; sleep 1; done
`
  await writeFile(file, quick.replace('set -eu\n', `set -eu\n${slowly}`))
  const commit = await commitHello(fixture.checkout, 'slow', 'ok', 'Take a while to build')
  await writeFile(file, quick)
  return commit
}

let worker: Child

test(
  'releases end as they should although their worker is killed',
  { timeout: 240_000 },
  async (t) => {
    const { temporal: client, stack } = fixture
    const targets = await Promise.all([
      fixture.environment('waiting', ['api', 'worker']),
      fixture.environment('unhealthy', ['api', 'worker']),
      fixture.environment('pushing', ['api']),
      fixture.environment('building', ['api', 'worker']),
      fixture.environment('deploying', ['api']),
      fixture.environment('losing', ['api']),
    ])
    const good = await commitHello(fixture.checkout, 'good', 'ok', 'Do well')
    const bad = await commitHello(fixture.checkout, 'bad', 'crash', 'Crash at the start')
    const another = await commitHello(fixture.checkout, 'another', 'ok', 'Do well, too')
    const slow = await commitSlowBuild()

    await takeCapacity()
    const waiting = await deploy(targets[0], good)
    await untilStarted(client, waiting.id, 'waitForRollout')
    const unhealthy = await deploy(targets[1], bad)
    await untilStarted(client, unhealthy.id, 'waitForRollout')

    const slowPush = await fault({
      operation: 'registry:PUT manifests',
      kind: 'delay',
      delayMs: 30_000,
    })
    const pushing = await deploy(targets[2], another)
    await untilHit(stack.aws, slowPush)

    const building = await deploy(targets[3], slow)
    await untilWritten(workerLog(), 'compiling step 2')

    const slowAnswer = { operation: 'ECS:UpdateService', kind: 'delay', delayMs: 8_000 }
    const slowUpdate = await fault(slowAnswer)
    const deploying = await deploy(targets[4], good)
    await untilHit(stack.aws, slowUpdate)

    await fault({ operation: 'ECS:UpdateService', kind: 'loseResponse' })
    const losing = await deploy(targets[5], good)
    await untilFailedOnce(client, losing.id, 'updateService')

    await killed(stack.workerPid)
    worker = await newWorker()
    await giveCapacityBack()

    await t.test('in the wait', () => ends(waiting, 'succeeded', 'good'))
    await t.test('in the wait for an unhealthy version', async () => {
      const { cause } = await assertEnd(unhealthy, 'rolled_back', 'v0')
      assert.match(cause ?? '', /exit/i)
    })
    await t.test('in the push', () => ends(pushing, 'succeeded', 'another'))
    await t.test('in the build', () => ends(building, 'succeeded', 'slow'))
    await t.test('in the deployment, before ECS has acted', () =>
      ends(deploying, 'succeeded', 'good'),
    )
    await t.test('in the deployment, after ECS has acted and its answer was lost', () =>
      ends(losing, 'succeeded', 'good'),
    )
  },
)

test(
  'a worker that shuts down during a wait stops at once, and the next one continues',
  { timeout: 120_000 },
  async (t) => {
    const spec = await fixture.environment('stopping', ['api'])
    const commit = await commitHello(fixture.checkout, 'stopping', 'ok', 'Outlive a worker')
    await takeCapacity()
    const release = await deploy(spec, commit)
    await untilStarted(fixture.temporal, release.id, 'waitForRollout')
    const asked = Date.now()
    process.kill(worker.pid, 'SIGTERM')
    await assert.rejects(worker.failed, /the worker ended with 0/)
    // A wait needs none of the grace period, and leaves nothing that keeps the process alive.
    const tookMs = Date.now() - asked
    t.diagnostic(`the worker stopped within ${tookMs} ms`)
    assert.ok(tookMs < 3_000, `${tookMs} ms`)
    const failure = await untilFailedOnce(fixture.temporal, release.id, 'waitForRollout')
    assert.equal(failure, 'WorkerShutdown')
    worker = await newWorker()
    await untilStarted(fixture.temporal, release.id, 'waitForRollout')
    await giveCapacityBack()
    await assertEnd(release, 'succeeded', 'stopping')
  },
)

test(
  'a release continues after Temporal was killed during the wait, once it runs again',
  { timeout: 120_000 },
  async () => {
    const { stack, temporal: client } = fixture
    const spec = await fixture.environment('outage', ['api'])
    const commit = await commitHello(fixture.checkout, 'outage', 'ok', 'Outlive a server')
    await takeCapacity()
    const release = await deploy(spec, commit)
    await untilStarted(client, release.id, 'waitForRollout')
    await killed(stack.temporalPid)
    const port = portOf(stack.temporal)
    // Its main thread is gone before the last thread releases the port.
    await until(async () => (await requireFreePort(port, 'Temporal')) === port, {
      what: 'the port of the killed server to be free',
      timeoutMs: 30_000,
    })
    const again = await startTemporal({
      port,
      uiPort: portOf(stack.temporalUi),
      databaseFile: path.join(path.dirname(stack.logs), 'temporal.db'),
      logFile: path.join(stack.logs, 'temporal.log'),
    })
    disposer.add('Temporal', again.stop)
    await giveCapacityBack()
    await assertEnd(release, 'succeeded', 'outage')
  },
)

function portOf(address: string): number {
  return Number(address.split(':').at(-1))
}
