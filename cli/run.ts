import { CommanderError } from 'commander'
import { note, printJson } from './output.ts'
import { createProgram } from './program.ts'
import { userErrorExitStatus } from '../client/user-error.ts'

/**
 * Runs the command line. An error that a person can act on prints one clear message and exits with
 * status 2. Any other error is a bug: it is printed with its stack, and the exit status is 1.
 *
 * @param args the arguments after `slipway`
 */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  // A reader that closes the pipe early (`| head`) is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  forgetEmptyVariables()
  try {
    await throwingProgram().parseAsync([...args], { from: 'user' })
  } catch (error) {
    process.exitCode = await report(error, args)
  }
}

/**
 * Deletes variables of Temporal that are empty. A CI job sets them so from a variable or secret that
 * does not exist, and Temporal's client would send an empty API key, over TLS.
 */
function forgetEmptyVariables(): void {
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith('TEMPORAL_') && value === '') delete process.env[name]
  }
}

/** The program, with every command throwing errors where Commander would exit. */
function throwingProgram() {
  const program = createProgram()
  const all = [program]
  for (const command of all) {
    command.exitOverride()
    all.push(...command.commands)
  }
  return program
}

/** Prints an error, and shows it on the page of a CI job. Returns the exit status. */
async function report(error: unknown, args: readonly string[]): Promise<number> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    // Commander has printed the message; without a command it has printed the help.
    const isHelp = error.code.startsWith('commander.help')
    const message = isHelp ? 'No command was given.' : error.message.replace(/^error: /, '')
    await showInJob(args, { message, exitStatus: userErrorExitStatus })
    return userErrorExitStatus
  }
  const described = await describe(error)
  const { message, exitStatus } = described
  if (args.includes('--json')) printJson({ error: message, exitStatus })
  note(described.shown)
  await showInJob(args, described)
  return exitStatus
}

async function showInJob(
  args: readonly string[],
  { message, exitStatus }: Pick<DescribedError, 'message' | 'exitStatus'>,
): Promise<void> {
  const { reportCommandError } = await import('./github/command-error.ts')
  reportCommandError({ args, message, exitStatus })
}

interface DescribedError {
  readonly message: string
  /** What standard error shows: for a bug, the stack as well. */
  readonly shown: string
  readonly exitStatus: number
}

async function describe(error: unknown): Promise<DescribedError> {
  if (!(error instanceof Error)) return { ...userError(String(error)), exitStatus: 1 }
  if (error.name === 'ConfigError' || error.name === 'UnknownEnvironmentError') {
    return userError(error.message)
  }
  const { asUserError } = await import('../client/index.ts')
  const { UserError } = await import('../client/user-error.ts')
  const explained = asUserError(error)
  if (explained instanceof UserError) return userError(explained.message, explained.exitStatus)
  const { message, stack = message } = error
  return { message, shown: `Unexpected error, a bug in Slipway: ${stack}`, exitStatus: 1 }
}

function userError(message: string, exitStatus = userErrorExitStatus): DescribedError {
  return { message, shown: message, exitStatus }
}
