import { spawn } from 'node:child_process'
import { mkdir, open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { findOnPath } from '../install/find-on-path.ts'

/** A process that runs until it is stopped. */
export interface Child {
  readonly pid: number
  /** Rejects, with the last lines of its log, when it ends before it was told to. */
  readonly failed: Promise<never>
  /** SIGTERM, then SIGKILL to its whole group after the grace time. Again: the same promise. */
  readonly stop: (graceMs?: number) => Promise<void>
}

/**
 * Starts a program in a process group of its own, so that Ctrl-C reaches only us and we stop our
 * children in order. On Linux the kernel ends it when this process dies, for whatever reason.
 *
 * @param command.name for messages: `the Temporal dev server`
 * @param command.logFile gets its output, after what is there already
 * @param command.outlives leave it running when this process dies
 */
export async function startChild(command: {
  name: string
  file: string
  args: readonly string[]
  logFile: string
  env?: NodeJS.ProcessEnv
  cwd?: string
  outlives?: boolean
}): Promise<Child> {
  await mkdir(path.dirname(command.logFile), { recursive: true })
  const log = await open(command.logFile, 'a')
  const setpriv = command.outlives ? undefined : await findSetpriv()
  const line = [command.file, ...command.args]
  const [file = '', ...args] =
    setpriv === undefined ? line : [setpriv, ...endsWithParent(process.pid), ...line]
  const child = spawn(file, args, {
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
    ...(command.env && { env: command.env }),
    ...(command.cwd !== undefined && { cwd: command.cwd }),
  })
  let stopping: Promise<void> | undefined
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not start: ${error.message}`))
    child.once('exit', (code, killedBy) => resolve(`ended with ${killedBy ?? code}`))
  })
  const failed = ended.then(async (how): Promise<never> => {
    if (stopping !== undefined) return new Promise<never>(() => {})
    throw new Error(`${command.name} ${how}.${await lastLines(command.logFile)}`)
  })
  // A caller that waits on it sees the failure; without one it must not end the process.
  failed.catch(() => {})
  await log.close()
  const pid = child.pid
  if (pid === undefined) return failed
  if (command.outlives) child.unref()
  return {
    pid,
    failed,
    stop: (graceMs = 10_000) => (stopping ??= stopGroup(pid, ended, graceMs)),
  }
}

async function stopGroup(pid: number, ended: Promise<string>, graceMs: number): Promise<void> {
  signal(pid, 'SIGTERM')
  const timer = setTimeout(() => signal(-pid, 'SIGKILL'), graceMs)
  await ended
  clearTimeout(timer)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // It has ended already, which is what was asked for.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/**
 * Arguments of `setpriv` before the command. The kernel sends the signal only for a parent that dies
 * after `setpriv` has asked for it, so the command begins only if the parent is still the same.
 */
function endsWithParent(parent: number): readonly string[] {
  const guard = '[ "$PPID" = "$0" ] && exec "$@"'
  return ['--pdeathsig', 'TERM', '--', '/bin/sh', '-c', guard, `${parent}`]
}

/** Of util-linux: sets the signal that the kernel sends when the parent dies. */
async function findSetpriv(): Promise<string | undefined> {
  return process.platform === 'linux' ? findOnPath('setpriv') : undefined
}

/** The end of a log, to append to a message. Empty if there is none. */
async function lastLines(file: string, count = 10): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const lines = text.trimEnd().split('\n').slice(-count)
  return text.trim() === '' ? '' : ` The end of ${file}:\n${lines.join('\n')}`
}
