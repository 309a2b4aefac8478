import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { execa } from 'execa'
import { parse } from 'yaml'
import type { RolloutEnd } from '../../../contract/activity-types.ts'
import { commandsIn, outputsOf } from '../../unit/cli/runner.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { live } from '../../workflows/fixtures.ts'
import { type Checkout, holdActivity, type CliFixture, startCliFixture } from '../cli-fixture.ts'

const top = join(import.meta.dirname, '..', '..', '..')

let fixture: CliFixture
before(async () => {
  fixture = await startCliFixture()
})
after(() => fixture.close())

/**
 * A step of a job, started as the runner starts it: a script in bash, and only bash gets the signal
 * when the job is cancelled. https://docs.github.com/actions/reference/workflow-cancellation-reference
 */
async function step(
  checkout: Checkout,
  script: string,
  variables: Readonly<Record<string, string>> = {},
) {
  const folder = temporaryFolder()
  const [summary, output, file] = ['summary', 'output', 'step.sh'].map((name) => join(folder, name))
  assert.ok(summary !== undefined && output !== undefined && file !== undefined)
  const slipway = join(folder, 'slipway')
  const program = `exec '${process.execPath}' '${join(top, 'cli/main.ts')}' "$@"`
  await writeFile(slipway, `#!/bin/sh\n${program}\n`, { mode: 0o755 })
  await writeFile(join(folder, 'npx'), `#!/bin/sh\necho '${slipway}'\n`, { mode: 0o755 })
  await writeFile(file, script)
  const bash = execa('bash', ['-e', file], {
    reject: false,
    stdin: 'ignore',
    timeout: 120_000,
    cwd: checkout.folder,
    extendEnv: false,
    env: {
      PATH: `${folder}:${process.env['PATH']}`,
      HOME: folder,
      TEMPORAL_ADDRESS: fixture.server.address,
      GITHUB_ACTIONS: 'true',
      GITHUB_SHA: checkout.commit,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: output,
      ...variables,
    },
  })
  return {
    bash,
    summary: () => readFile(summary, 'utf8'),
    outputs: async () => outputsOf(await readFile(output, 'utf8')),
  }
}

async function generatedStep(checkout: Checkout): Promise<string> {
  const { exitCode, stderr } = await checkout.slipway('init', 'github')
  assert.equal(exitCode, 0, stderr)
  const written = await readFile(join(checkout.folder, '.github/workflows/deploy.yml'), 'utf8')
  return parse(written).jobs.deploy.steps.at(-1).run
}

async function actionStep(): Promise<string> {
  return parse(await readFile(join(top, 'action.yml'), 'utf8')).runs.steps.at(-1).run
}

const inputs = {
  SLIPWAY_ENVIRONMENT: 'action',
  SLIPWAY_COMMIT: 'HEAD',
  SLIPWAY_TIMEOUT: '10m',
  SLIPWAY_VERSION: '0.1.0',
}

describe('a job of GitHub Actions that is cancelled', () => {
  for (const [title, environment, script, variables] of [
    ['the generated workflow', 'generated', generatedStep, {}],
    ['the action', 'action', actionStep, inputs],
  ] as const) {
    test(`says on its page that the release has not ended, and how to follow it: ${title}`, async () => {
      const here = await fixture.checkout(environment)
      const held = holdActivity<RolloutEnd>()
      await here.withWorker({ waitForRollout: held.run }, async () => {
        const { bash, summary, outputs } = await step(here, await script(here), variables)
        const streamed = Promise.withResolvers<void>()
        bash.stdout.on('data', (piece: Buffer) => {
          if (piece.toString().includes('wait api …')) streamed.resolve()
        })
        await Promise.race([streamed.promise, bash.then(() => assert.fail('it did not wait'))])
        await held.started
        const cancelledAt = Date.now()
        bash.kill('SIGINT')
        const { exitCode, stderr } = await bash
        assert.equal(exitCode, 130, stderr)
        assert.ok(Date.now() - cancelledAt < 7_500, 'before the runner sends SIGTERM')
        const id = `release/${environment}/${here.commit.slice(0, 12)}`
        assert.deepEqual(await outputs(), { release: id, outcome: 'interrupted' })
        assert.deepEqual(commandsIn(stderr), [
          `::warning title=interrupted%3A ${id}::It continues.%0AFollow it: slipway wait ${id}%0ACancel it: slipway cancel ${environment}`,
        ])
        assert.match(await summary(), /^### ⏳ .*: has not ended/)
        assert.match(await summary(), /^- It continues\.\n- Follow it: slipway wait release\//m)
        held.finish(live)
        assert.equal((await here.slipway('wait', id)).exitCode, 0, 'it continued')
      })
    })
  }
})
