import assert from 'node:assert/strict'
import { access, appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { until } from '../../local/until.ts'
import { isOutcome } from '../../rollout/outcome.ts'
import { releaseStatus } from '../../workflows/protocol.ts'
import { type Checkout, newFolder, type Place, runSlipway, startPlace } from './place.ts'

let place: Place
before(async () => {
  place = await startPlace()
})
after(() => place.close())

/** A machine with a checkout whose only check is a script, and with an engine that only says so. */
async function machine(here: Checkout, check: string, queues = '') {
  const bin = await newFolder()
  const engine =
    '#!/bin/sh\ncase "$1" in --version) echo "Docker version 20.10.24";; *) echo 20.10.24;; esac\n'
  await writeFile(join(bin, 'engine'), engine, { mode: 0o755 })
  const file = join(here.folder, 'slipway.yaml')
  const config = await readFile(file, 'utf8')
  await writeFile(file, queues === '' ? config : config.replace(/^queues: .*$/m, queues))
  await appendFile(file, `checks: { commands: [${JSON.stringify(check)}] }\n`)
  const commit = await here.commitAgain('Check something')
  return {
    commit,
    id: `release/${here.environment}/${commit.slice(0, 12)}`,
    deploy: (...args: readonly string[]) =>
      runSlipway(here.folder, place.server.address, ['deploy', here.environment, ...args], {
        SLIPWAY_DOCKER: join(bin, 'engine'),
        // The home of a test is its checkout, which must stay clean.
        SLIPWAY_CACHE: bin,
        // An AWS that nobody answers for: what asks it tries again and again.
        AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
        AWS_ACCESS_KEY_ID: 'key',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_REGION: 'eu-west-1',
      }),
  }
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  )

async function endOf(id: string): Promise<string> {
  const handle = place.client.workflow.getHandle(id)
  await handle.result().catch(() => {})
  const { searchAttributes } = await handle.describe()
  const outcome = String(searchAttributes['SlipwayOutcome']?.[0])
  assert.ok(isOutcome(outcome), outcome)
  return outcome
}

describe('slipway deploy --build-here', () => {
  test('checks on this machine, from its checkout, and says no as a builder would', async () => {
    const here = await place.checkout('builds')
    const { deploy } = await machine(here, 'git log -1 --format=%s; pwd; exit 3')
    const { exitCode, stdout, stderr } = await here.withWorker(
      { runChecks: async () => assert.fail('the long-lived worker was asked to check') },
      () => deploy('--build-here'),
    )
    assert.equal(exitCode, 2, stdout + stderr)
    assert.match(stdout, /rejected {2}release\/builds\//)
    assert.match(stderr, /checks: Check something/, 'what it does is shown as it happens')
  })

  test('a machine that is lost in the middle ends the release as rejected, with nothing touched', async () => {
    const here = await place.checkout('lost')
    const reached = join(await newFolder(), 'reached')
    const { deploy, id } = await machine(here, `touch ${reached}; sleep 600`)
    const touched: string[] = []
    const touch = (what: string) => async (): Promise<never> => {
      touched.push(what)
      throw new Error(what)
    }
    await here.withWorker(
      { moveTags: touch('tags'), updateService: touch('service') },
      async () => {
        const command = deploy('--build-here')
        await until(() => isThere(reached), { what: 'the check to run', timeoutMs: 30_000 })
        const lostAt = Date.now()
        command.kill('SIGKILL')
        await command
        assert.equal(await endOf(id), 'rejected')
        assert.ok(Date.now() - lostAt < 120_000, 'in two minutes')
        const { result } = await place.client.workflow.getHandle(id).query(releaseStatus)
        assert.match(result?.message ?? '', /--build-here has gone away.*Nothing was touched/)
      },
    )
    assert.deepEqual(touched, [])
  })

  test('who asks for the same commit takes over from a machine that is lost', async () => {
    const here = await place.checkout('taken')
    const reached = join(await newFolder(), 'reached')
    const check = `if [ -e ${reached} ]; then echo the second one says no; exit 1; fi; touch ${reached}; sleep 600`
    const { deploy } = await machine(here, check)
    await here.withWorker({}, async () => {
      const first = deploy('--build-here')
      await until(() => isThere(reached), { what: 'the check to run', timeoutMs: 30_000 })
      const second = deploy('--build-here', '--json')
      for await (const line of second) {
        const event = JSON.parse(line) as Record<string, unknown>
        if (event['event'] !== 'accepted') continue
        assert.equal(event['joined'], true)
        first.kill('SIGKILL')
      }
      const { exitCode, stdout } = await second
      assert.equal(exitCode, 2)
      assert.match(stdout, /the second one says no/)
      await first
    })
  })

  test('is refused without a worker for the rest, and when it would not stay', async () => {
    const here = await place.checkout('alone')
    const { deploy } = await machine(here, 'true')
    const alone = await deploy('--build-here')
    assert.equal(alone.exitCode, 2)
    assert.match(alone.stderr, /No worker that runs releases serves the task queue "queue-alone"/)
    const away = await deploy('--build-here', '--no-wait')
    assert.equal(away.exitCode, 2)
    assert.match(away.stderr, /--build-here works while the command waits/)
  })
})

describe('slipway deploy --worker-here', () => {
  test('serves every queue itself, to the end of the release, and leaves none behind', async () => {
    const here = await place.checkout('works')
    const queues = 'queues: { release: works-release, builder: works-builder }'
    const { deploy } = await machine(here, 'true', queues)
    const { exitCode, stdout, stderr } = await deploy('--worker-here', '--timeout', '8s')
    assert.equal(exitCode, 124, stdout + stderr)
    assert.match(stderr, /goes on as soon as a worker runs/)
    const { pollers } = await place.client.workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue: { name: 'works-release' },
      taskQueueType: 1,
    })
    assert.equal(pollers?.length, 1, 'it was there')
    const status = await here.slipway('status', 'works')
    assert.equal(status.exitCode, 2, `and is gone: ${status.stderr}`)
  })
})
