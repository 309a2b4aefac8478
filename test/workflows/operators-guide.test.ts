import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { after, test } from 'node:test'
import { execa } from 'execa'
import { findTemporal } from '../../local/stack/temporal.ts'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import {
  heldRollout,
  startEnvironmentHarness,
  until,
  withEnvironment,
  type EnvironmentFixture,
} from './environment-fixture.ts'
import { anotherCommit, commit } from './fixtures.ts'

/**
 * Runs every `temporal` command of the operator's guide verbatim, in a shell with the stock command
 * line, against an environment in which it has an effect.
 */
const guide = await readFile(new URL('../../docs/how-to/operate.md', import.meta.url), 'utf8')
const commands = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'))
  .filter((line) => line.startsWith('temporal '))

const [harness, temporal] = await Promise.all([startEnvironmentHarness(), findTemporal()])
after(() => harness.close())

/** Runs a line as an operator would type it, for the environment of a test. */
async function type(line: string, environment: string): Promise<string> {
  // The date in the guide will be in the past one day.
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
  const typed = line.replaceAll('production', environment).replace(/(?<="until": ")[^"]*/, tomorrow)
  const { stdout } = await execa('/bin/sh', ['-c', typed], {
    env: {
      PATH: `${dirname(temporal)}:${process.env['PATH'] ?? ''}`,
      TEMPORAL_ADDRESS: harness.env.address,
    },
  })
  return stdout
}

const name = (environment: EnvironmentFixture) => environment.spec.environment

/** For each control: prepares an environment, types the line, and checks the effect. */
const controls: Record<string, (line: string) => Promise<void>> = {
  rollback: (line) =>
    withEnvironment(harness, {}, async (environment) => {
      await environment.end(await environment.deploy(commit))
      await environment.end(await environment.deploy(anotherCommit))
      await type(line, name(environment))
      const { releases } = await until(
        () => environment.status(),
        (status) => status.releases.length === 3,
      )
      assert.equal(releases[0]?.kind, 'rollback')
    }),
  freeze: (line) =>
    withEnvironment(harness, {}, async (environment) => {
      await environment.end(await environment.deploy(commit))
      await type(line, name(environment))
      const { freeze } = await until(
        () => environment.status(),
        (status) => status.controls.length === 1,
      )
      assert.equal(freeze?.by, 'ann')
    }),
  unfreeze: (line) =>
    withEnvironment(harness, {}, async (environment) => {
      await environment.end(await environment.deploy(commit))
      await environment.handle.executeUpdate('freeze', { args: [{}] })
      await type(line, name(environment))
      assert.equal((await environment.status()).freeze, undefined)
    }),
  approve: (line) => approval(line, 'succeeded'),
  reject: (line) => approval(line, 'rejected'),
  pause: (line) => control(line, (environment) => environment.handle.signal('resume')),
  resume: (line) =>
    control(
      line,
      async (environment) => assert.equal((await environment.status()).running?.paused, undefined),
      (environment) => environment.handle.executeUpdate('pause', { args: [{}] }),
    ),
  cancel: (line) =>
    control(line, async (environment) => {
      const { releases } = await until(
        () => environment.status(),
        (status) => status.releases.length === 1,
      )
      assert.equal(releases[0]?.outcome, 'cancelled')
    }),
}

function approval(line: string, outcome: string): Promise<void> {
  return withEnvironment(
    harness,
    {},
    async (environment) => {
      await environment.deploy(commit)
      await type(line, name(environment))
      const { releases } = await until(
        () => environment.status(),
        (status) => status.releases.length === 1,
      )
      assert.equal(releases[0]?.outcome, outcome)
    },
    { approval: { timeoutMs: 60_000 } },
  )
}

function control(
  line: string,
  then: (environment: EnvironmentFixture) => Promise<void>,
  first: (environment: EnvironmentFixture) => Promise<unknown> = async () => {},
): Promise<void> {
  const wait = heldRollout()
  return withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    await environment.deploy(commit)
    await wait.begun
    await first(environment)
    const earlier = (await environment.status()).controls.length
    await type(line, name(environment))
    const status = await until(
      () => environment.status(),
      ({ controls: done }) => done.length > earlier,
    )
    assert.equal(status.controls[0]?.rejected, undefined)
    await then(environment)
    wait.finish()
    await until(
      () => environment.status(),
      ({ running }) => running === undefined,
    )
  })
}

/** Finds a release that was rolled back, whatever the line searches for. */
function list(line: string): Promise<void> {
  const failed: RolloutEnd = { kind: 'rolled_back', reason: 'ECS rolled back', cause: '' }
  return withEnvironment(harness, { waitForRollout: async () => failed }, async (environment) => {
    const accepted = await environment.deploy(commit)
    const { outcome } = await environment.end(accepted)
    assert.equal(outcome, 'rolled_back')
    // Visibility lags some milliseconds behind.
    await until(
      () => type(line, name(environment)),
      (output) => output.includes(accepted.releaseId),
    )
  })
}

/** A query in the guide has an example id, which is replaced. */
function query(line: string): Promise<void> {
  return withEnvironment(harness, {}, async (environment) => {
    const accepted = await environment.deploy(commit)
    await environment.end(accepted)
    const own = line.replace(/(?<=--workflow-id )\S+/, accepted.releaseId)
    assert.match(await type(own, name(environment)), /succeeded/)
  })
}

test('the guide has a command for every control', () => {
  for (const kind of Object.keys(controls)) {
    assert.ok(
      commands.some((line) => line.includes(`--name ${kind}`)),
      kind,
    )
  }
})

for (const line of commands) {
  test(line.replaceAll(/ +/g, ' '), async () => {
    const kind = /--name (\w+)/.exec(line)?.[1]
    if (line.includes('workflow query')) {
      await query(line)
      return
    }
    if (line.includes('workflow list')) {
      await list(line)
      return
    }
    assert.ok(kind, 'this test does not know what the command shows')
    const tried = controls[kind]
    assert.ok(tried, `${kind} is no control`)
    await tried(line)
  })
}
