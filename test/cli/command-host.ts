/**
 * Runs commands of the command line one after another in one process, which loads its modules once.
 * Started with `fork`; see `startCommandHost`.
 */
import { fork } from 'node:child_process'
import { on, once } from 'node:events'
import { runCommandLine } from '../../cli/run.ts'

interface Command {
  readonly args: readonly string[]
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
}

export interface CommandResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandHost {
  readonly run: (command: Command) => Promise<CommandResult>
  readonly close: () => Promise<void>
}

export function startCommandHost(): CommandHost {
  const child = fork(import.meta.filename, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  return {
    async run(command) {
      const gone = new AbortController()
      const abort = () => gone.abort(new Error(`no end within 30 s of: ${command.args.join(' ')}`))
      child.once('exit', abort)
      const timeout = setTimeout(abort, 30_000)
      try {
        const answer = once(child, 'message', { signal: gone.signal })
        child.send(command)
        const [result] = (await answer) as [CommandResult]
        return result
      } finally {
        clearTimeout(timeout)
        child.off('exit', abort)
      }
    },
    async close() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

// Each command adds a listener, and a process has only one command.
process.stdout.setMaxListeners(0)

const ownVariables = { ...process.env }

/** What the command that runs now has printed. */
let printed = { stdout: '', stderr: '' }

/** The parent reads what a command prints from the answer. */
function keepOutput(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = (text: string | Uint8Array) => {
      printed[name] += String(text)
      return true
    }
  }
}

async function runHere({ args, folder, env }: Command): Promise<CommandResult> {
  printed = { stdout: '', stderr: '' }
  process.chdir(folder)
  process.env = { PATH: ownVariables['PATH'], HOME: folder, CI: 'true', ...env }
  process.exitCode = undefined
  await runCommandLine(args)
  const exitCode = Number(process.exitCode ?? '0')
  process.exitCode = undefined
  return { ...printed, exitCode }
}

if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  keepOutput()
  for await (const [command] of on(process, 'message', { close: ['disconnect'] })) {
    process.send(await runHere(command as Command))
  }
}
