import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import type { ReleaseActivities } from '../../contract/activities.ts'
import { type Checkout, type CliFixture, startCliFixture } from './cli-fixture.ts'
import { type Lane, assertReported, closeLane, runInJob, startLane } from './reported-error.ts'

const environment = 'findings'

let fixture: CliFixture
let here: Checkout
let lane: Lane
/** What the activity of `plan` or `revisions` does. */
let act: () => Promise<never>

before(async () => {
  fixture = await startCliFixture()
  here = await fixture.checkout(environment)
  lane = await startLane(fixture.server.address)
})
after(async () => {
  await closeLane(lane)
  await fixture.close()
})

const activities: Partial<ReleaseActivities> = {
  planRelease: () => act(),
  listRevisions: () => act(),
}

describe('a command that asks a worker reports how its workflow ended', () => {
  const finding = 'There is no ECR repository "mailman". Create it: aws ecr create-repository'
  const ends: Readonly<Record<string, readonly [end: typeof act, expected: RegExp]>> = {
    'a finding': [() => fail(finding, 'PreconditionFailed'), /^There is no ECR repository/m],
    'a permission that is missing': [
      () => fail('AWS denies it', 'AccessDenied'),
      /^AWS denies it/m,
    ],
    'a person who terminates it': [
      async () => {
        await ownWorkflow().terminate('by ann')
        return Context.current().cancelled
      },
      /^The workflow of this command was terminated in Temporal .*by ann.*Run the command again/m,
    ],
    'a person who cancels it': [
      async () => {
        await ownWorkflow().cancel()
        const beat = setInterval(() => Context.current().heartbeat(), 100)
        return Context.current().cancelled.finally(() => clearInterval(beat))
      },
      /^The workflow of this command was cancelled in Temporal .*Run the command again/m,
    ],
  }

  test('by a finding, a termination or a cancellation, with exit status 2', async () => {
    await here.withWorker(activities, async () => {
      for (const command of ['plan', 'revisions']) {
        for (const [what, [end, expected]] of Object.entries(ends)) {
          act = end
          const result = await runReader(command)
          assertReported(`${command}: ${what}`, ['--json'], result)
          assert.equal(result.exitCode, 2, what)
          assert.match(result.stderr, expected, what)
        }
      }
    })
  })

  test('by an error in the worker: a defect, with the stack there and exit status 1', async () => {
    act = () => fail('cannot read x of undefined', 'TypeError')
    await here.withWorker(activities, async () => {
      for (const command of ['plan', 'revisions']) {
        const { exitCode, stderr, stdout } = await runReader(command)
        assert.equal(exitCode, 1, stderr)
        assert.match(stderr, /^Unexpected error, a bug in Slipway: cannot read x of undefined$/m)
        assert.match(stderr, /^Please report it with these lines: https:/m)
        assert.match(stderr, /^\s+at .*findings\.test\.ts/m)
        assert.deepEqual(JSON.parse(stdout), { error: 'cannot read x of undefined', exitStatus: 1 })
      }
    })
  })
})

function runReader(command: string) {
  const service = command === 'revisions' ? ['api'] : []
  return runInJob(lane, here.folder, [command, environment, ...service, '--json'])
}

async function fail(message: string, type: string): Promise<never> {
  throw ApplicationFailure.nonRetryable(message, type)
}

function ownWorkflow() {
  const { workflowExecution } = Context.current().info
  return fixture.client.workflow.getHandle(workflowExecution?.workflowId ?? '')
}
