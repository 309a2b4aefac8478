import assert from 'node:assert/strict'
import { access, appendFile, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { WebhookBody } from '../../activities/notifications/webhook-body.ts'
import type { ReleaseActivities } from '../../contract/activities.ts'
import { startTemporal } from '../../local/stack/temporal.ts'
import { until } from '../../local/process/until.ts'
import { isOutcome } from '../../contract/outcome.ts'
import { releaseStatus } from '../../contract/messages.ts'
import { digestOf } from '../workflows/fixtures.ts'
import { openReceiver } from '../workflows/receiver.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { type Checkout, type CliFixture, runSlipway, startCliFixture } from './cli-fixture.ts'

let fixture: CliFixture
before(async () => {
  fixture = await startCliFixture()
})
after(() => fixture.close())

/** A machine whose checkout has one check, and with a container engine that can only print its version. */
async function machine(here: Checkout, check: string, queues = '') {
  const bin = temporaryFolder()
  const engine =
    '#!/bin/sh\ncase "$1" in --version) echo "Docker version 20.10.24";; *) echo 20.10.24;; esac\n'
  await writeFile(join(bin, 'engine'), engine, { mode: 0o755 })
  const file = join(here.folder, 'slipway.yaml')
  const config = await readFile(file, 'utf8')
  await writeFile(file, queues === '' ? config : config.replace(/^taskQueues: .*$/m, queues))
  await appendFile(file, `checks: { commands: [${JSON.stringify(check)}] }\n`)
  const commit = await here.commitAgain('Check something')
  return {
    commit,
    id: `release/${here.environment}/${commit.slice(0, 12)}`,
    deploy: (args: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
      runSlipway(here.folder, fixture.server.address, ['deploy', here.environment, ...args], {
        SLIPWAY_DOCKER: join(bin, 'engine'),
        // The home folder of a test is its checkout, which must stay clean.
        SLIPWAY_CACHE: bin,
        AWS_EC2_METADATA_DISABLED: 'true',
        ...variables,
      }),
  }
}

const inRegistry: ReleaseActivities['findImages'] = async ({ spec }) =>
  spec.images.map(({ name }) => ({
    name,
    repositoryUri: 'ecr/mailman',
    tag: name,
    digest: digestOf(name, 8),
  }))

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  )

async function outcomeOf(id: string): Promise<string> {
  const handle = fixture.client.workflow.getHandle(id)
  await handle.result().catch(() => {})
  const { searchAttributes } = await handle.describe()
  const outcome = String(searchAttributes['SlipwayOutcome']?.[0])
  assert.ok(isOutcome(outcome), outcome)
  return outcome
}

describe('slipway deploy --build-here', { concurrency: 4 }, () => {
  test('runs the checks in its own checkout, and rejects the release if they fail', async () => {
    const here = await fixture.checkout('builds')
    const { deploy } = await machine(here, 'git log -1 --format=%s; pwd; exit 3')
    const { exitCode, stdout, stderr } = await here.withWorker(
      { runChecks: async () => assert.fail('the long-lived worker was asked to check') },
      () => deploy(['--build-here']),
    )
    assert.equal(exitCode, 2, stdout + stderr)
    assert.match(stdout, /rejected {2}release\/builds\//)
    assert.match(
      stderr,
      /checks: Check something/,
      'the output of the check is shown while it runs',
    )
  })

  test('the release ends as rejected, and nothing is changed, if the machine is lost', async () => {
    const here = await fixture.checkout('lost')
    const reached = join(temporaryFolder(), 'reached')
    const { deploy, id } = await machine(here, `touch ${reached}; sleep 600`)
    const touched: string[] = []
    const touch = (what: string) => async (): Promise<never> => {
      touched.push(what)
      throw new Error(what)
    }
    await here.withWorker(
      { moveTags: touch('tags'), updateService: touch('service') },
      async () => {
        const command = deploy(['--build-here'])
        await until(() => exists(reached), { what: 'the check to run', timeoutMs: 30_000 })
        const lostAt = Date.now()
        command.kill('SIGKILL')
        await command
        assert.equal(await outcomeOf(id), 'rejected')
        assert.ok(Date.now() - lostAt < 120_000, 'in two minutes')
        const { result } = await fixture.client.workflow.getHandle(id).query(releaseStatus)
        assert.match(result?.message ?? '', /--build-here has stopped.*Nothing was touched/)
      },
    )
    assert.deepEqual(touched, [])
  })

  test('another deploy of the same commit takes over from a lost machine', async () => {
    const here = await fixture.checkout('taken')
    const reached = join(temporaryFolder(), 'reached')
    const check = `if [ -e ${reached} ]; then echo the second one says no; exit 1; fi; touch ${reached}; sleep 600`
    const { deploy } = await machine(here, check)
    await here.withWorker({}, async () => {
      const first = deploy(['--build-here'])
      await until(() => exists(reached), { what: 'the check to run', timeoutMs: 30_000 })
      const second = deploy(['--build-here', '--json'])
      for await (const line of second) {
        if (!line.includes('"accepted"')) continue
        assert.match(line, /"joined":true/)
        first.kill('SIGKILL')
      }
      const { exitCode, stdout } = await second
      assert.equal(exitCode, 2)
      assert.match(stdout, /the second one says no/)
      await first
    })
  })

  test('is an error without a worker for the rest, and with --no-wait', async () => {
    const here = await fixture.checkout('alone')
    const { deploy } = await machine(here, 'true')
    const alone = await deploy(['--build-here'])
    assert.equal(alone.exitCode, 2)
    assert.match(alone.stderr, /No worker that runs releases serves the task queue "queue-alone"/)
    const noWait = await deploy(['--build-here', '--no-wait'])
    assert.equal(noWait.exitCode, 2)
    assert.match(noWait.stderr, /--build-here runs only while the command waits/)
  })
})

describe('slipway deploy --worker-here', { concurrency: 3 }, () => {
  test('serves every task queue while it waits', async () => {
    const here = await fixture.checkout('works')
    const queues = 'taskQueues: { release: queue-works, builder: works-builder }'
    const { deploy } = await machine(here, 'true', queues)
    const { exitCode, stdout, stderr } = await deploy(['--worker-here'])
    assert.equal(exitCode, 2, stderr)
    assert.match(
      stdout,
      /rejected[^]*The worker cannot get credentials for AWS/,
      'real activities call the real AWS',
    )
  })

  test('delivers the notification of the outcome before it exits', async () => {
    const here = await fixture.checkout('tells')
    const receiver = await openReceiver({ status: 503 })
    try {
      const list = '[{ type: webhook, urlFrom: HOOK }]'
      await appendFile(join(here.folder, 'slipway.yaml'), `notifications: ${list}\n`)
      const queues = 'taskQueues: { release: queue-tells, builder: tells-builder }'
      const { deploy } = await machine(here, 'true', queues)
      const { exitCode, stderr } = await deploy(['--worker-here'], { HOOK: receiver.url })
      assert.equal(exitCode, 2, stderr)
      assert.deepEqual(
        receiver.received.map(({ body }) => (JSON.parse(body) as WebhookBody).type),
        ['release.started', 'release.started', 'release.outcome'],
      )
    } finally {
      await receiver.close()
    }
  })

  test('the next worker finishes what it leaves unfinished', async () => {
    const here = await fixture.checkout('unfinished')
    const queues = 'taskQueues: { release: queue-unfinished, builder: unfinished-builder }'
    const { deploy, id } = await machine(here, 'true', queues)
    const silent = createServer(() => {})
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening))
    const { port } = silent.address() as AddressInfo
    const left = await deploy(['--worker-here', '--timeout', '8s'], {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    })
    silent.closeAllConnections()
    silent.close()
    assert.equal(left.exitCode, 124, left.stdout + left.stderr)
    assert.match(left.stderr, /continues as soon as a worker runs/)
    const outcome = await here.withWorker({ findImages: inRegistry }, () => outcomeOf(id))
    assert.equal(outcome, 'succeeded')
  })

  test('the next worker also finishes what a lost machine leaves unfinished', async () => {
    const here = await fixture.checkout('perished')
    const queues = 'taskQueues: { release: queue-perished, builder: perished-builder }'
    const { deploy, id } = await machine(here, 'true', queues)
    const asked = Promise.withResolvers<void>()
    const silent = createServer(() => asked.resolve())
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening))
    const { port } = silent.address() as AddressInfo
    const command = deploy(['--worker-here'], {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    })
    await Promise.race([asked.promise, command.then(({ stderr }) => assert.fail(stderr))])
    command.kill('SIGKILL')
    await command
    silent.closeAllConnections()
    silent.close()
    const outcome = await here.withWorker({ findImages: inRegistry }, () => outcomeOf(id))
    assert.equal(outcome, 'succeeded')
  })

  test('says how to create missing search attributes', async () => {
    const logFile = join(temporaryFolder(), 'temporal.log')
    const bare = await startTemporal({ logFile, searchAttributes: {} })
    try {
      const here = await fixture.checkout('bare')
      await machine(here, 'true', 'taskQueues: { release: bare, builder: bare-builder }')
      const args = ['deploy', 'bare', '--worker-here']
      const { exitCode, stderr } = await runSlipway(here.folder, bare.address, args)
      assert.equal(exitCode, 2)
      assert.match(stderr, /The worker did not start here: .*search attributes.*slipway setup/)
    } finally {
      await bare.stop()
    }
  })
})
