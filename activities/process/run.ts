import { Context } from '@temporalio/activity'
import { execa } from 'execa'
import { withHeartbeat } from '../temporal/heartbeat.ts'
import { lineSplitter } from './lines.ts'
import { endWithUs, killGroup } from './process-group.ts'

/** How many of the last lines a failure quotes. */
const tailLines = 40
/** Of the standard output that is kept for the caller, in characters. */
const mostOutput = 1_000_000
/** From asking a process to end until making it. */
const graceMs = 5_000

export interface RunOptions {
  readonly cwd?: string
  /** The whole environment: nothing is added to it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Given on standard input; without it standard input is empty. */
  readonly input?: string
  /** Prefix of each line of output in the log. Left out: the output is not logged. */
  readonly label?: string
  /** Never shown, whatever prints them. */
  readonly secrets?: readonly string[]
  readonly timeoutMs?: number
  /**
   * Ends it even if this process is killed in a way that leaves it no time to (`kill -9`): what is
   * tried again must not meet its own former self at work.
   */
  readonly guarded?: boolean
}

/** How a program ended. */
export type Ran = Output &
  (
    | { readonly kind: 'exited'; readonly exitCode: number }
    | { readonly kind: 'killed'; readonly signal: string }
    | { readonly kind: 'timed out' }
    /** There is no such program. */
    | { readonly kind: 'not found' }
  )

interface Output {
  /** Standard output, cut off after a million characters. */
  readonly stdout: string
  /** The last lines of both streams, in the order in which they came. */
  readonly tail: readonly string[]
}

/**
 * Runs a program within an activity: no shell, an array of arguments, in a process group of its
 * own. Heartbeats while it runs; when the activity is cancelled or the time is up, the whole group
 * is asked to end and, 5 s later, made to. What it leaves running when it exits is ended as well.
 *
 * Gives how it ended and does not throw for that; a cancellation is thrown.
 */
export async function run(
  file: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Ran> {
  const { cancellationSignal, cancelled } = Context.current()
  if (cancellationSignal.aborted) await cancelled
  const ran = await withHeartbeat(() => spawn(file, args, options, cancellationSignal))
  if (cancellationSignal.aborted) await cancelled
  return ran
}

/**
 * Runs a program beside a watchman who reads from descriptor 3, which only this process holds open:
 * once it is closed, by whatever end of ours, he kills the group that both are in.
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
): Promise<Ran> {
  const output = collect(options)
  const [program, ...rest] = options.guarded === true ? [...guard, file, ...args] : [file, ...args]
  const child = execa(program, rest, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env,
    extendEnv: false,
    stdio: ['pipe', 'pipe', 'pipe', ...(options.guarded === true ? ['pipe' as const] : [])],
    input: options.input ?? '',
    // A group of its own, so that all of it can be ended. It is out of the terminal's reach then.
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
  })
  const { pid } = child
  const forget = endWithUs(pid)
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
  // A program that leaves others running would otherwise hold its output open, and us with it.
  child.nodeChildProcess.once('exit', () => killGroup(pid, 'SIGKILL'))
  try {
    const { exitCode, signal, code, cause } = await child
    output.stdout.end()
    output.stderr.end()
    const said = { stdout: output.text(), tail: output.tail() }
    if (code === 'ENOENT' && exitCode === undefined) return { kind: 'not found', ...said }
    if (timedOut) return { kind: 'timed out', ...said }
    if (signal !== undefined) return { kind: 'killed', signal, ...said }
    if (exitCode !== undefined) return { kind: 'exited', exitCode, ...said }
    throw new Error(`${file} could not be started`, { cause })
  } finally {
    cancellation.removeEventListener('abort', stop)
    clearTimeout(timer)
    clearTimeout(killTimer)
    forget()
  }
}

/** Takes both streams in: to the log line by line, the last lines, and all of standard output. */
function collect({ label, secrets = [] }: RunOptions) {
  const { log } = Context.current()
  const tail: string[] = []
  let text = ''
  const onLine = (line: string) => {
    const shown = secrets.reduce((left, secret) => left.replaceAll(secret, '***'), line)
    tail.push(shown)
    if (tail.length > tailLines) tail.shift()
    if (label !== undefined) log.info(`${label}: ${shown}`)
  }
  const lines = lineSplitter(onLine)
  return {
    stdout: {
      push: (chunk: Buffer) => {
        if (text.length < mostOutput) text += chunk.toString('utf8')
        lines.push(chunk)
      },
      end: lines.end,
    },
    stderr: lineSplitter(onLine),
    text: () => text,
    tail: () => tail,
  }
}
