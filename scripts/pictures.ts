import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { execa } from 'execa'
import { commitHello, makeHelloCheckout, type HelloHealth } from '../local/stack/hello.ts'
import { startStack } from '../local/stack/stack.ts'
import { until } from '../local/process/until.ts'
import type { EnvironmentStatus } from '../contract/environment.ts'
import { openBrowser } from './pictures/browser.ts'

/**
 * `node scripts/pictures.ts`: plays some releases on a local stack and takes the pictures of the
 * Temporal UI in `docs/images`. Needs Chromium and pngquant on the PATH.
 */

const images = path.join(import.meta.dirname, '../docs/images')
const main = path.join(import.meta.dirname, '../cli/main.ts')
const folder = await mkdtemp(path.join(tmpdir(), 'slipway-pictures-'))
const stack = await startStack({ stateDir: path.join(folder, 'state'), throwAway: true })
const connection = await Connection.connect({ address: stack.temporal })
const client = new Client({ connection })
const browser = await openBrowser()
try {
  const checkout = path.join(folder, 'hello')
  await makeHelloCheckout(checkout)
  const slipway = (...args: readonly string[]) =>
    execa(process.execPath, [main, ...args], {
      cwd: checkout,
      env: { ...stack.env, GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'ann' },
      extendEnv: false,
      reject: false,
    })
  const status = async () => {
    const { stdout } = await slipway('status', 'local', '--json')
    return JSON.parse(stdout) as EnvironmentStatus
  }
  async function deploy(version: string, health: HelloHealth, subject: string, expected: number) {
    await commitHello(checkout, version, health, subject)
    const { exitCode, stderr } = await slipway('deploy', 'local')
    assert.equal(exitCode, expected, stderr)
  }
  const pageOf = async (id: string, tab: string) => {
    const { runId } = await client.workflow.getHandle(id).describe()
    return `${stack.temporalUi}/namespaces/default/workflows/${encodeURIComponent(id)}/${runId}/${tab}`
  }

  await deploy('v1', 'ok', 'Greet by name', 0)
  await deploy('v2', 'failing', 'Rewrite the health check', 3)
  const { releases } = await status()
  const back = releases[0]?.id ?? assert.fail('nothing was released')
  await deploy('v3', 'ok', 'Answer in German, too', 0)

  // A task that takes its time: there is something to look at meanwhile.
  const fault = { service: 'hello-api', kind: 'slow start', delayMs: 120_000 }
  const tasks = `${stack.aws}/_simulator/tasks`
  await fetch(tasks, { method: 'POST', body: JSON.stringify(fault) })
  await commitHello(checkout, 'v4', 'ok', 'Greet politely')
  await slipway('deploy', 'local', '--no-wait')
  await commitHello(checkout, 'v5', 'ok', 'Greet at night')
  await slipway('deploy', 'local', '--no-wait')
  const flight = (await status()).running?.id ?? assert.fail('nothing runs')
  await until(
    async () => {
      const { stdout } = await slipway('status', 'local')
      return stdout.includes('wait api')
    },
    { what: 'the release to wait', timeoutMs: 60_000 },
  )
  const metadata = (id: string) => pageOf(id, 'user-metadata')
  const size = { width: 1500, height: 1050 }
  const file = (name: string) => path.join(images, `${name}.png`)
  await browser.take({
    ...size,
    url: await metadata(back),
    file: file('rolled-back'),
    shows: 'Cause:',
  })
  await browser.take({
    ...size,
    url: await metadata(flight),
    file: file('in-flight'),
    shows: 'wait api',
  })
  await browser.take({
    ...size,
    height: 700,
    url: await pageOf(flight, 'pending-activities'),
    file: file('pending'),
    shows: 'tasks running',
  })
  await browser.take({
    ...size,
    height: 1000,
    url: await metadata('environment/local'),
    file: file('environment'),
    shows: 'Live:',
  })
  await browser.take({
    width: 1700,
    height: 620,
    url: `${stack.temporalUi}/namespaces/default/workflows`,
    file: file('list'),
    shows: 'rolled_back',
    stored: { 'namespace-workflow-table-columns': { default: columns() } },
  })
  await fetch(tasks, { method: 'DELETE' })
} finally {
  await browser.close()
  await connection.close()
  await stack.stop()
  await rm(folder, { recursive: true, force: true })
}

/** The columns of the list that say most. */
function columns(): readonly { readonly label: string }[] {
  return [
    'Status',
    'Workflow ID',
    'SlipwayOutcome',
    'SlipwaySummary',
    'SlipwayRequestedBy',
    'Start',
  ].map((label) => ({ label }))
}
