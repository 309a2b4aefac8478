import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { execa } from 'execa'
import { ensureEngine, type Engine } from '../../local/engine.ts'
import { isAlive } from '../../local/process.ts'
import { listedProcesses } from '../../local/running-processes.ts'
import { instanceOf } from '../../local/stack.ts'
import { until } from '../../local/until.ts'

// Kept running over both tests, as on a machine that has one.
let engine: Engine
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
  const local = path.resolve(import.meta.dirname, '../../local')
  return `
    import { localUp } from ${JSON.stringify(path.join(local, 'up.ts'))}
    import { localDown } from ${JSON.stringify(path.join(local, 'down.ts'))}
    const stateDir = ${JSON.stringify(stateDir)}
    await ${call}`
}

async function up(t: TestContext): Promise<Up> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'))
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
  t.after(async () => {
    child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })
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

async function containers(stateDir: string): Promise<string> {
  const filter = `label=slipway.simulator=${instanceOf(stateDir)}`
  const args = ['ps', '--all', '--quiet', '--filter', filter]
  return (await execa(engine.dockerPath, args, { env: { DOCKER_HOST: engine.dockerHost } })).stdout
}

test(
  'up serves a healthy version 0, and Ctrl-C, even twice, stops every part and keeps the state',
  { timeout: 120_000 },
  async (t) => {
    const stack = await up(t)
    const [, app = ''] = /hello-api\s+(\S+)/.exec(stack.output()) ?? []
    assert.deepEqual(await (await fetch(app)).json(), { status: 'ok', version: 'v0' })
    assert.notEqual(await containers(stack.stateDir), '')

    const exited = once(stack.process, 'exit')
    stack.process.kill('SIGINT')
    await until(async () => stack.output().includes('Stopping…'), { what: 'it', timeoutMs: 5_000 })
    stack.process.kill('SIGINT')
    assert.deepEqual(await exited, [0, null])
    assert.deepEqual(stack.pids.filter(isAlive), [])
    assert.equal(await containers(stack.stateDir), '')
    await access(path.join(stack.stateDir, 'temporal.db'))
  },
)

test('down cleans up after an up that was killed', { timeout: 120_000 }, async (t) => {
  const stack = await up(t)
  stack.process.kill('SIGKILL')
  const down = script(stack.stateDir, 'localDown({ stateDir })')
  await execa(process.execPath, ['--input-type=module', '--eval', down])
  assert.deepEqual(stack.pids.filter(isAlive), [])
  assert.equal(await containers(stack.stateDir), '')
  await assert.rejects(readFile(path.join(stack.stateDir, 'env')), { code: 'ENOENT' })
})
