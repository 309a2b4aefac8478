import path from 'node:path'
import { makeHelloCheckout } from './stack/hello.ts'
import { listedProcesses } from './process/running-processes.ts'
import { shellWord } from './process/shell-word.ts'
import type { SlipwayPrograms } from './programs.ts'
import { startStack, type Stack } from './stack/stack.ts'
import type { StackPorts } from './stack/ports.ts'
import { usualStateDir } from './stack/state-dir.ts'

export interface LocalUpOptions {
  /** Default: see {@link usualStateDir}. */
  readonly stateDir?: string
  readonly ports?: Partial<StackPorts>
  /** Default: those that come with this package. */
  readonly programs?: SlipwayPrograms
}

/**
 * Starts the local stack, prints where each part is and what to try, and runs until Ctrl-C or
 * SIGTERM; then stops every part. A second Ctrl-C changes nothing.
 *
 * @throws Error when a part cannot be started, or ends by itself; the others are stopped by then
 */
export async function localUp(
  options: LocalUpOptions = {},
  print: (line: string) => void = (line) => void process.stdout.write(`${line}\n`),
): Promise<void> {
  const { stateDir = usualStateDir(), ports, programs } = options
  refuseSecond(stateDir)
  const stopping = new AbortController()
  const onSignal = () => {
    print(stopping.signal.aborted ? 'Still stopping…' : 'Stopping…')
    stopping.abort()
  }
  const asked = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve())
  })
  for (const signal of signals) process.on(signal, onSignal)
  try {
    const { signal } = stopping
    const stack = await startStack({
      stateDir,
      signal,
      ...(ports && { ports }),
      ...(programs && { programs }),
    })
    try {
      const checkout = path.join(stateDir, 'hello')
      await makeHelloCheckout(checkout)
      for (const line of whatIsWhere(stack, checkout)) print(line)
      await Promise.race([asked, stack.failed])
    } finally {
      await stack.stop()
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error
  } finally {
    for (const signal of signals) process.off(signal, onSignal)
  }
  print('Stopped. State is kept; `slipway local down` removes it.')
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function refuseSecond(stateDir: string): void {
  const running = listedProcesses(stateDir).find(({ name }) => name === 'slipway')
  if (running === undefined) return
  throw new Error(
    `A local stack runs already, as process ${running.pid} with its state in ${stateDir}.\n` +
      'Stop it with Ctrl-C there, or with: slipway local down',
  )
}

function whatIsWhere(stack: Stack, checkout: string): readonly string[] {
  return [
    '',
    `Temporal        ${stack.temporal}`,
    `Temporal UI     ${stack.temporalUi}`,
    `Simulated AWS   ${stack.aws}`,
    `Registry        ${stack.registry}`,
    `hello-api       ${stack.app}/health`,
    `Worker          process ${stack.workerPid}`,
    `Logs            ${stack.logs}`,
    '',
    'Try, in another terminal:',
    '',
    `  source ${shellWord(stack.envFile)}`,
    `  cd ${shellWord(checkout)}`,
    '  slipway deploy local',
    `  curl ${stack.app}/health`,
    "  echo failing >HEALTH && git commit -qam 'Break /health' && slipway deploy local",
    '',
    'Ctrl-C stops it all.',
  ]
}
