import { Context } from '@temporalio/activity'
import { execa } from 'execa'
import { withHeartbeat } from '../temporal/heartbeat.ts'
import { isProgram } from './find-program.ts'
import { collectOutput, type OutputOptions } from './output.ts'
import { killGroup, killOnExit } from './process-group.ts'

/** Time between SIGTERM and SIGKILL. */
const graceMs = 5_000

export interface RunOptions extends OutputOptions {
  readonly cwd?: string
  /** The complete environment: nothing is added to it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Written to standard input. Default: empty. */
  readonly input?: string
  readonly timeoutMs?: number
  /**
   * Kills the program even if this process dies without warning (`kill -9`), so that a retry never
   * runs beside the previous attempt.
   */
  readonly guarded?: boolean
}

/** How a program ended. */
export type RunResult = Output &
  (
    | { readonly kind: 'exited'; readonly exitCode: number }
    | { readonly kind: 'killed'; readonly signal: string }
    | { readonly kind: 'timed out' }
    /** There is no such program. */
    | { readonly kind: 'not found' }
  )

interface Output {
  /** Standard output, truncated after a million characters unless the caller wants all of it. */
  readonly stdout: string
  /** The last lines of both streams, in the order in which they came. */
  readonly tail: readonly string[]
}

/**
 * Runs a program in an activity: without a shell, with an array of arguments, in a process group of
 * its own. Heartbeats while it runs. When the activity is cancelled or the time is up, the whole
 * group gets SIGTERM and, 5 s later, SIGKILL. Processes that it leaves behind are killed when it
 * exits.
 *
 * Returns how the program ended, failures included; throws only for a cancellation.
 */
export async function run(
  file: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const { cancellationSignal, cancelled } = Context.current()
  if (cancellationSignal.aborted) await cancelled
  const result = await withHeartbeat(() => spawn(file, args, options, cancellationSignal))
  if (cancellationSignal.aborted) await cancelled
  return result
}

/** Whether a program exited with 0. */
export function succeeded(result: RunResult): boolean {
  return result.kind === 'exited' && result.exitCode === 0
}

/**
 * Runs a program beside a guard process in the same group. The guard reads from descriptor 3, which
 * only this process holds open: as soon as this process ends, however it ends, the guard kills the
 * group.
 */
const guard = [
  '/bin/sh',
  '-c',
  '(read -r _; kill -KILL 0) <&3 >/dev/null 2>&1 & exec 3<&-; exec "$@"',
  'sh',
] as const

async function spawn(
  file: string,
  args: readonly string[],
  options: RunOptions,
  cancellation: AbortSignal,
): Promise<RunResult> {
  const output = collectOutput(options)
  const { PATH: path = '' } = options.env
  // Otherwise the guard's shell would be the one to look for it, and exit with 127.
  if (options.guarded === true && !(await isProgram(file, { ...options, path }))) {
    return { kind: 'not found', stdout: '', tail: [] }
  }
  const [program, ...rest] = options.guarded === true ? [...guard, file, ...args] : [file, ...args]
  const child = execa(program, rest, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env,
    extendEnv: false,
    stdio: ['pipe', 'pipe', 'pipe', ...(options.guarded === true ? ['pipe' as const] : [])],
    input: options.input ?? '',
    // A process group of its own, so that all of it can be killed. Ctrl-C no longer reaches it.
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
  })
  const { pid } = child
  const stopTracking = killOnExit(pid)
  child.stdout.on('data', output.stdout.push)
  child.stderr.on('data', output.stderr.push)
  let timedOut = false
  let killTimer: NodeJS.Timeout | undefined
  const stop = () => {
    killGroup(pid, 'SIGTERM')
    killTimer ??= setTimeout(() => killGroup(pid, 'SIGKILL'), graceMs)
  }
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true
          stop()
        }, options.timeoutMs)
  cancellation.addEventListener('abort', stop, { once: true })
  if (cancellation.aborted) stop()
  // Otherwise processes that the program leaves behind keep its output open, and this call waiting.
  child.nodeChildProcess.once('exit', () => killGroup(pid, 'SIGKILL'))
  try {
    const { exitCode, signal, code, cause } = await child
    output.stdout.end()
    output.stderr.end()
    const captured = { stdout: output.text(), tail: output.tail() }
    if (code === 'ENOENT' && exitCode === undefined) return { kind: 'not found', ...captured }
    if (timedOut) return { kind: 'timed out', ...captured }
    if (signal !== undefined) return { kind: 'killed', signal, ...captured }
    if (exitCode !== undefined) return { kind: 'exited', exitCode, ...captured }
    throw new Error(`"${file}" could not be started`, { cause })
  } finally {
    cancellation.removeEventListener('abort', stop)
    clearTimeout(timer)
    clearTimeout(killTimer)
    stopTracking()
  }
}
