import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import { commitHello, makeHelloCheckout, type HelloHealth } from '../local/stack/hello.ts'
import { startStack, type Stack } from '../local/stack/stack.ts'

/**
 * `npm run demo`: three releases of the example on a local stack, as a user would run them. The
 * third one is unhealthy, and is rolled back. Fails unless every release ends as expected.
 *
 * `--keep` leaves everything running until Ctrl-C, to explore.
 */
interface Act {
  readonly title: string
  readonly version: string
  readonly health: HelloHealth
  /** Exit status of `slipway deploy`. */
  readonly status: number
  /** The version that /health must report at the end. */
  readonly serves: string
}

const acts: readonly Act[] = [
  { title: 'A first release', version: 'v1', health: 'ok', status: 0, serves: 'v1' },
  { title: 'A second version', version: 'v2', health: 'ok', status: 0, serves: 'v2' },
  {
    title: 'A third version, whose /health fails',
    version: 'v3',
    health: 'failing',
    status: 3,
    serves: 'v2',
  },
]

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } })
const started = performance.now()
const folder = await mkdtemp(path.join(tmpdir(), 'slipway-demo-'))
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => interrupted.abort(new Error(`Stopped by ${signal}.`)))
}

try {
  heading('Starting Temporal, a registry, a simulated AWS and a worker')
  const stack = await startStack({
    stateDir: path.join(folder, 'state'),
    throwAway: true,
    signal: interrupted.signal,
  })
  try {
    await Promise.race([play(stack), stack.failed])
  } finally {
    print('Stopping everything…')
    await stack.stop()
  }
  print(`Every release ended as expected, in ${seconds()} s.`)
} catch (error) {
  process.stderr.write(
    `The demo failed: ${error instanceof Error ? error.message : String(error)}\n`,
  )
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function play(stack: Stack): Promise<void> {
  print(`Temporal UI   ${stack.temporalUi}`)
  print(`hello-api     ${stack.app}/health reports ${await versionServed(stack)}`)
  const checkout = path.join(folder, 'hello')
  await makeHelloCheckout(checkout)
  for (const act of acts) await perform(stack, checkout, act)

  heading('The releases of the environment: slipway releases local')
  await slipway(stack, checkout, ['releases', 'local'])
  heading('What to try next')
  print(`Every release, step by step: ${stack.temporalUi} (while the stack runs)`)
  print('npm run demo -- --keep          the same demo, left running until Ctrl-C')
  print('npm run slipway -- local up     your own stack, and a checkout to deploy from')
  if (values.keep) await keepRunning(stack, checkout)
}

async function perform(stack: Stack, checkout: string, act: Act): Promise<void> {
  const { title, version, health, status, serves } = act
  heading(`${title}: slipway deploy local`)
  await commitHello(checkout, version, health, `${title} (${version})`)
  const ended = await slipway(stack, checkout, ['deploy', 'local'])
  if (ended !== status) {
    throw new Error(
      `slipway deploy of ${version} ended with exit status ${ended}, but ${status} was expected. The worker's log: ${await workerLog(stack)}`,
    )
  }
  const served = await versionServed(stack)
  if (served !== serves)
    throw new Error(`${stack.app}/health reports ${served}, but ${serves} was expected.`)
  print(`Exit status ${ended}; ${stack.app}/health reports ${served}.`)
}

/** Runs the command line on this terminal, as a user would; returns its exit status. */
async function slipway(stack: Stack, cwd: string, args: readonly string[]): Promise<number> {
  const main = path.join(import.meta.dirname, '../cli/main.ts')
  const { exitCode } = await execa(process.execPath, [main, ...args], {
    cwd,
    env: { ...stack.env },
    extendEnv: false,
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
    cancelSignal: interrupted.signal,
  })
  interrupted.signal.throwIfAborted()
  return exitCode ?? 1
}

async function versionServed(stack: Stack): Promise<string> {
  const response = await fetch(`${stack.app}/health`, { signal: AbortSignal.timeout(5_000) })
  const answer: unknown = await response.json()
  return typeof answer === 'object' && answer !== null && 'version' in answer
    ? String(answer.version)
    : `${response.status}`
}

async function workerLog(stack: Stack): Promise<string> {
  const { stdout } = await execa('tail', ['-n', '40', path.join(stack.logs, 'worker.log')])
  return `\n${stdout}`
}

async function keepRunning(stack: Stack, checkout: string): Promise<void> {
  print(`\nEverything keeps running until Ctrl-C. In another terminal: source ${stack.envFile}`)
  print(`and work in ${checkout}`)
  if (interrupted.signal.aborted) return
  await new Promise((resolve) => interrupted.signal.addEventListener('abort', resolve))
}

function heading(text: string): void {
  print(`\n── ${text} (${seconds()} s)`)
}

function seconds(): string {
  return ((performance.now() - started) / 1000).toFixed(1)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
