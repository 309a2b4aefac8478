import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { execa } from 'execa'
import { ensureEngine, type LocalEngine } from '../engine/engine.ts'
import { isAlive } from '../process/process.ts'
import { listedProcesses } from '../process/running-processes.ts'
import { instanceOf } from '../stack/servers.ts'
import { until } from '../process/until.ts'

// Kept running over both tests, as on a machine that has one.
let engine: LocalEngine
before(async () => {
  engine = await ensureEngine()
})
after(() => engine.stop())

interface Up {
  readonly process: ChildProcess
  readonly stateDir: string
  readonly output: () => string
  readonly pids: readonly number[]
}

/** A script as a user's command would be, on free ports and a state folder of its own. */
function script(stateDir: string, call: string): string {
  const local = path.resolve(import.meta.dirname, '..')
  return `
    import { localUp } from ${JSON.stringify(path.join(local, 'up.ts'))}
    import { localDown } from ${JSON.stringify(path.join(local, 'down.ts'))}
    const stateDir = ${JSON.stringify(stateDir)}
    await ${call}`
}

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function up(t: TestContext, folder: string): Promise<Up> {
  const stateDir = path.join(folder, 'state')
  const ports = '{ temporal: 0, temporalUi: 0, aws: 0, ecr: 0, app: 0 }'
  const source = script(stateDir, `localUp({ stateDir, ports: ${ports} })`)
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: path.resolve(import.meta.dirname, '../..'),
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  }
  t.after(() => child.kill('SIGKILL'))
  const failed = once(child, 'exit').then(() => Promise.reject(new Error(`it ended: ${text}`)))
  failed.catch(() => {})
  await until(async () => text.includes('Ctrl-C stops it all'), {
    what: 'the stack to be up',
    timeoutMs: 120_000,
    failed,
  })
  const pids = listedProcesses(stateDir).map(({ pid }) => pid)
  assert.equal(pids.length >= 4, true, 'itself, Temporal, the registry and the worker are listed')
  return { process: child, stateDir, output: () => text, pids }
}

const labelOf = (stateDir: string) => `label=slipway.simulator=${instanceOf(stateDir)}`

async function containers(stateDir: string): Promise<string> {
  const args = ['ps', '--all', '--quiet', '--filter', labelOf(stateDir)]
  return (await execa(engine.dockerPath, args, { env: { DOCKER_HOST: engine.dockerHost } })).stdout
}

/** Sends the signals, each once the one before it has been heard; gives how the process ended. */
async function stop(stack: Up, ...signals: NodeJS.Signals[]): Promise<unknown[]> {
  const exited = once(stack.process, 'exit')
  for (const signal of signals) {
    stack.process.kill(signal)
    const heard = async () => stack.output().includes('Stopping…')
    await until(heard, { what: `it to hear ${signal}`, timeoutMs: 5_000 })
  }
  return exited
}

async function runningImages(stack: Up): Promise<readonly string[]> {
  const list = ['ps', '--format', '{{.Image}}', '--filter', labelOf(stack.stateDir)]
  const env = { DOCKER_HOST: engine.dockerHost }
  return (await execa(engine.dockerPath, list, { env })).stdout.split('\n').toSorted()
}

const addresses = ({ output }: Up) => output().match(/127\.0\.0\.1:\d+/g)

test(
  'up serves a healthy version 0, and Ctrl-C, even twice, stops every part and keeps the state',
  { timeout: 120_000 },
  async (t) => {
    const stack = await up(t, await newFolder(t))
    const [, app = ''] = /hello-api\s+(\S+)/.exec(stack.output()) ?? []
    assert.deepEqual(await (await fetch(app)).json(), { status: 'ok', version: 'v0' })
    assert.notEqual(await containers(stack.stateDir), '')

    const ended = await stop(stack, 'SIGINT', 'SIGINT')
    assert.deepEqual(ended, [0, null])
    assert.deepEqual(stack.pids.filter(isAlive), [])
    assert.equal(await containers(stack.stateDir), '')
    await access(path.join(stack.stateDir, 'temporal.db'))
  },
)

test('the next up goes on with the services of the last one, at the same addresses', async (t) => {
  const folder = await newFolder(t)
  const first = await up(t, folder)
  const revisions = await runningImages(first)
  await stop(first, 'SIGTERM')
  const second = await up(t, folder)
  assert.deepEqual(addresses(second), addresses(first))
  assert.deepEqual(await runningImages(second), revisions)
  await stop(second, 'SIGTERM')
})

test('down cleans up after an up that was killed', { timeout: 120_000 }, async (t) => {
  const stack = await up(t, await newFolder(t))
  stack.process.kill('SIGKILL')
  const down = script(stack.stateDir, 'localDown({ stateDir })')
  await execa(process.execPath, ['--input-type=module', '--eval', down])
  assert.deepEqual(stack.pids.filter(isAlive), [])
  assert.equal(await containers(stack.stateDir), '')
  await assert.rejects(readFile(path.join(stack.stateDir, 'env')), { code: 'ENOENT' })
})
