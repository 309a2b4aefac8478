import { CommanderError } from 'commander'
import { forgetEmptyVariables } from './empty-variables.ts'
import { note, printJson } from './output.ts'
import { createProgram } from './program.ts'
import { userErrorExitStatus } from '../client/user-error.ts'

/**
 * Runs the command line. Errors that a person can act on end as one clear message and exit
 * status 2; anything else is a defect, shown with its stack, exit status 1.
 *
 * @param args what stands behind `slipway`
 */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  forgetEmptyVariables()
  try {
    await programThatThrows().parseAsync([...args], { from: 'user' })
  } catch (error) {
    process.exitCode = await report(error, args)
  }
}

function programThatThrows() {
  const program = createProgram()
  const all = [program]
  for (const command of all) {
    command.exitOverride()
    all.push(...command.commands)
  }
  return program
}

async function report(error: unknown, args: readonly string[]): Promise<number> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    // It has said so itself; without a command it has shown the help.
    const isHelp = error.code.startsWith('commander.help')
    const message = isHelp ? 'No command was given.' : error.message.replace(/^error: /, '')
    await tellJob(args, { message, exitStatus: userErrorExitStatus })
    return userErrorExitStatus
  }
  const known = await explainedError(error)
  if (args.includes('--json')) printJson({ error: known.message, exitStatus: known.exitStatus })
  note(known.shown)
  await tellJob(args, known)
  return known.exitStatus
}

async function tellJob(
  args: readonly string[],
  known: Pick<Known, 'message' | 'exitStatus'>,
): Promise<void> {
  const { reportRejectedCommand } = await import('./github/command-error.ts')
  reportRejectedCommand({ args, ...known })
}

interface Known {
  readonly message: string
  readonly shown: string
  readonly exitStatus: number
}

async function explainedError(error: unknown): Promise<Known> {
  if (!(error instanceof Error)) return { ...refused(String(error)), exitStatus: 1 }
  if (error.name === 'ConfigError' || error.name === 'UnknownEnvironmentError') {
    return refused(error.message)
  }
  const { asUserError: explained } = await import('../client/index.ts')
  const { UserError } = await import('../client/user-error.ts')
  const better = explained(error)
  if (better instanceof UserError) return refused(better.message, better.exitStatus)
  const stack = error.stack ?? error.message
  return { message: error.message, shown: `Something unexpected happened: ${stack}`, exitStatus: 1 }
}

function refused(message: string, status = userErrorExitStatus): Known {
  return { message, shown: message, exitStatus: status }
}
