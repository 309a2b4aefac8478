import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/common'
import type { RolloutEnd } from '../../../contract/activity-types.ts'
import { commandsIn, outputsOf } from '../../unit/cli/runner.ts'
import { until } from '../../workflows/environment-fixture.ts'
import { live } from '../../workflows/fixtures.ts'
import { startFaultProxy } from '../fault-proxy.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { holdActivity, type CliFixture, runSlipway, startCliFixture } from '../cli-fixture.ts'

let fixture: CliFixture
before(async () => {
  fixture = await startCliFixture()
})
after(() => fixture.close())

/** A job of GitHub Actions in a checkout, with what its step writes for the page of the run. */
async function jobIn(folder: string, address = fixture.server.address) {
  const files = temporaryFolder()
  const summary = join(files, 'summary')
  const output = join(files, 'output')
  const runner = {
    GITHUB_ACTIONS: 'true',
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_OUTPUT: output,
    TEMPORAL_UI_URL: 'https://temporal.example.com',
    // As from variables and secrets that do not exist.
    TEMPORAL_NAMESPACE: '',
    TEMPORAL_API_KEY: '',
    TEMPORAL_PROFILE: '',
  }
  return {
    slipway: (...args: readonly string[]) => runSlipway(folder, address, args, runner),
    summary: () => readFile(summary, 'utf8'),
    outputs: async () => outputsOf(await readFile(output, 'utf8')),
  }
}

/** Makes Temporal list a worker that is gone, so that a request is sent, and waits. */
async function listGoneWorker(queue: string): Promise<void> {
  const { client } = fixture
  const poll = { namespace: client.options.namespace, taskQueue: { name: queue }, identity: 'gone' }
  const { workflowService } = client
  // The server requires a deadline of at least two seconds for a poll.
  const withinSeconds = (call: () => Promise<unknown>) =>
    client.withDeadline(Date.now() + 3_000, call).catch(() => undefined)
  await Promise.all([
    withinSeconds(() => workflowService.pollWorkflowTaskQueue(poll)),
    withinSeconds(() => workflowService.pollActivityTaskQueue(poll)),
  ])
}

describe('a job of GitHub Actions', () => {
  test('gets a summary with steps, services and a link, and the outputs of its step', async () => {
    const here = await fixture.checkout('page')
    const job = await jobIn(here.folder)
    const { exitCode, stderr } = await here.withWorker({}, () => job.slipway('deploy', 'page'))
    assert.equal(exitCode, 0, stderr)
    assert.deepEqual(commandsIn(stderr), [], 'success needs no annotation')
    const id = `release/page/${here.commit.slice(0, 12)}`
    assert.deepEqual(await job.outputs(), { release: id, outcome: 'succeeded' })
    const summary = await job.summary()
    assert.match(summary, /^### ✅ mailman \w{7} → page: Say hello: succeeded after/m)
    assert.match(summary, /^\| build api\W+done/m)
    assert.match(summary, /^\| worker\W+mailman-worker:8\W+sha256:/m)
    const page = `https://temporal.example.com/namespaces/default/workflows/${encodeURIComponent(id)}`
    assert.ok(summary.includes(`(${page})`), summary)
  })

  test('shows a failure as one error with its cause, and prints valid JSON', async () => {
    const here = await fixture.checkout('unhealthy')
    const job = await jobIn(here.folder)
    const failed: RolloutEnd = {
      kind: 'failed',
      reason: 'tasks failed to start',
      cause: 'Container api exited with 1\n::error::not ours ##[add-mask]a',
    }
    const { exitCode, stdout, stderr } = await here.withWorker(
      { waitForRollout: async () => failed },
      () => job.slipway('deploy', 'unhealthy', '--json'),
    )
    assert.equal(exitCode, 3)
    const errors = stderr.split('\n').filter((line) => line.startsWith('::error'))
    assert.equal(errors.length, 1, stderr)
    assert.match(errors[0] ?? '', /^::error title=rolled back%3A release\/unhealthy\/\w+::/)
    assert.match(errors[0] ?? '', /%0ACause: Container api exited with 1/)
    assert.deepEqual(commandsIn(stdout), [])
    const last = JSON.parse(stdout.split('\n').at(-1) ?? '') as Record<string, unknown>
    assert.equal(last['cause'], failed.cause, 'JSON has the original text')
    assert.equal((await job.outputs())['outcome'], 'rolled_back')
  })

  test('untrusted text is never a command to the runner, wherever it is shown', async () => {
    const here = await fixture.checkout('injected')
    const hostile = '::error::not ours\n##[add-mask]a\n  ::set-output name=x::y'
    await here.commitAgain('::stop-commands::pwned ##[error]no')
    const job = await jobIn(here.folder)
    const { exitCode, stdout, stderr } = await here.withWorker(
      {
        runChecks: async () => {
          throw ApplicationFailure.nonRetryable(hostile, 'PreconditionFailed')
        },
        inspectEnvironment: async () => {
          throw ApplicationFailure.nonRetryable(hostile, 'PreconditionFailed')
        },
      },
      () => job.slipway('deploy', 'injected'),
    )
    assert.equal(exitCode, 2)
    assert.match(stdout, /not ours/)
    assert.deepEqual(commandsIn(stdout), [])
    const commands = commandsIn(stderr)
    assert.equal(commands.length, 1, stderr)
    assert.match(commands[0] ?? '', /^::error title=rejected%3A/)
  })

  test('shows an error that comes before any request on its page as well', async () => {
    const here = await fixture.checkout('mistyped')
    const job = await jobIn(here.folder)
    const { exitCode, stderr } = await job.slipway('deploy', 'mistype')
    assert.equal(exitCode, 2)
    assert.match(stderr, /^::error title=slipway::There is no environment "mistype"/m)
    assert.match(
      await job.summary(),
      /^### ❌ slipway deploy mistype\n\n```text\nThere is no environ/,
    )
    assert.deepEqual(await job.outputs(), { outcome: 'rejected' })
    const misused = await (
      await jobIn(here.folder)
    ).slipway('deploy', 'mistyped', '--comit', 'HEAD')
    assert.equal(misused.exitCode, 2)
    assert.match(misused.stderr, /^::error title=slipway::unknown option '--comit'/m)
  })

  test('two jobs for the same commit get the outcome of the same release', async () => {
    const here = await fixture.checkout('twice')
    const held = holdActivity<RolloutEnd>()
    const [first, second] = await Promise.all([jobIn(here.folder), jobIn(here.folder)])
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const one = first.slipway('deploy', 'twice', '--commit', here.commit)
      await held.started
      const two = second.slipway('deploy', 'twice', '--commit', here.commit)
      for await (const line of two) if (line.includes('release/twice/')) held.finish(live)
      assert.deepEqual([(await one).exitCode, (await two).exitCode], [0, 0])
    })
    assert.deepEqual(await first.outputs(), await second.outputs())
    const listed = JSON.parse(
      (await here.withWorker({}, () => here.slipway('releases', 'twice', '--json'))).stdout,
    ) as readonly unknown[]
    assert.equal(listed.length, 1)
  })

  test('a job that is killed and run again gets the outcome of the same release', async () => {
    const here = await fixture.checkout('restarted')
    const held = holdActivity<RolloutEnd>()
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const killed = (await jobIn(here.folder)).slipway('deploy', 'restarted')
      await held.started
      killed.kill('SIGKILL')
      assert.equal((await killed).signal, 'SIGKILL')
      const again = await jobIn(here.folder)
      const command = again.slipway('deploy', 'restarted')
      for await (const line of command) if (line.includes('release/')) held.finish(live)
      assert.equal((await command).exitCode, 0)
      assert.equal((await again.outputs())['outcome'], 'succeeded')
    })
  })

  test('a job gets the outcome after its connection was cut and restored', async () => {
    const here = await fixture.checkout('cut')
    const held = holdActivity<RolloutEnd>()
    const proxy = await startFaultProxy(fixture.server.address)
    const job = await jobIn(here.folder, proxy.address)
    await here.withWorker({ waitForRollout: held.run }, async () => {
      const command = job.slipway('deploy', 'cut', '--json')
      await held.started
      proxy.cut()
      for await (const line of command) {
        const { event } = JSON.parse(line) as { event: string }
        if (event === 'trouble') {
          // The release ends while the job is disconnected.
          held.finish(live)
          proxy.restore()
        }
      }
      const { exitCode, stderr } = await command
      assert.equal(exitCode, 0, stderr)
    })
    assert.equal((await job.outputs())['outcome'], 'succeeded')
    await proxy.close()
  })

  test('a job whose connection is cut before the answer requests one release, and gets its outcome', async () => {
    const here = await fixture.checkout('unanswered')
    await listGoneWorker('queue-unanswered')
    const proxy = await startFaultProxy(fixture.server.address)
    const job = await jobIn(here.folder, proxy.address)
    const command = job.slipway('deploy', 'unanswered', '--json')
    const environment = fixture.client.workflow.getHandle('environment/unanswered')
    await until(
      () => environment.describe().catch(() => undefined),
      (description) => description !== undefined,
    )
    proxy.cut()
    await Promise.race([
      proxy.rejected(3),
      command.then(({ stderr }) => assert.fail(`it gave up: ${stderr}`)),
    ])
    proxy.restore()
    await here.withWorker({}, async () => {
      const { exitCode, stdout, stderr } = await command
      assert.equal(exitCode, 0, stderr)
      assert.match(stdout.split('\n')[0] ?? '', /"event":"accepted".*"joined":false/)
      const { stdout: list } = await here.slipway('releases', 'unanswered', '--json')
      assert.equal((JSON.parse(list) as readonly unknown[]).length, 1)
    })
    await proxy.close()
  })

  test('a job that is cancelled before the answer warns that its request may have been received', async () => {
    const here = await fixture.checkout('unreceived')
    await listGoneWorker('queue-unreceived')
    const job = await jobIn(here.folder, fixture.server.address)
    const command = job.slipway('deploy', 'unreceived')
    const environment = fixture.client.workflow.getHandle('environment/unreceived')
    await until(
      () => environment.describe().catch(() => undefined),
      (description) => description !== undefined,
    )
    command.kill('SIGINT')
    const { exitCode, stderr } = await command
    assert.equal(exitCode, 130, stderr)
    assert.match(stderr, /Interrupted before unreceived answered; .*slipway status unreceived/)
  })
})
