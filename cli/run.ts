import { CommanderError } from 'commander'
import { note, printJsonLine } from './output.ts'
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
    const usage = { message, exitStatus: userErrorExitStatus }
    printErrorAsJson(args, usage)
    await showInJob(args, usage)
    return userErrorExitStatus
  }
  const described = await describe(error)
  printErrorAsJson(args, described)
  note(described.shown)
  await showInJob(args, described)
  return described.exitStatus
}

/** On one line, which ends the events of a command that prints one line for each. */
function printErrorAsJson(args: readonly string[], { message, exitStatus }: ReportedError): void {
  if (args.includes('--json')) printJsonLine({ error: message, exitStatus })
}

async function showInJob(
  args: readonly string[],
  { message, exitStatus }: ReportedError,
): Promise<void> {
  const { reportCommandError } = await import('./github/command-error.ts')
  reportCommandError({ args, message, exitStatus })
}

interface ReportedError {
  readonly message: string
  readonly exitStatus: number
}

interface DescribedError extends ReportedError {
  /** What standard error shows: for a bug, the stack as well. */
  readonly shown: string
}

async function describe(error: unknown): Promise<DescribedError> {
  if (!(error instanceof Error)) return { ...userError(String(error)), exitStatus: 1 }
  if (error.name === 'ConfigError' || error.name === 'UnknownEnvironmentError') {
    return userError(error.message)
  }
  const { asUserError, errorMessage, rootError } = await import('../client/index.ts')
  const { UserError } = await import('../client/user-error.ts')
  const explained = asUserError(error)
  if (explained instanceof UserError) return userError(explained.message, explained.exitStatus)
  // Of an error in a worker, with the stack there.
  const root = rootError(error)
  const message = errorMessage(root)
  const stack = root instanceof Error && root.stack !== undefined ? root.stack : ''
  const shown = [
    `Unexpected error, a bug in Slipway: ${message}`,
    `Please report it with these lines: ${issues}`,
    stack,
  ]
  return { message, shown: shown.join('\n').trimEnd(), exitStatus: 1 }
}

const issues = 'https://github.com/slipway-deploy/slipway/issues'

function userError(message: string, exitStatus = userErrorExitStatus): DescribedError {
  return { message, shown: message, exitStatus }
}
