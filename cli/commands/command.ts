import { Command } from 'commander'
import { durationArgument } from './duration-argument.ts'

/** Options of every command that reads `slipway.yaml` or connects to Temporal. */
export interface CommonOptions {
  readonly config?: string
  readonly profile?: string
  readonly json?: boolean
}

/** Options of every command that may wait for a release. */
export interface WaitOptions extends CommonOptions {
  /** Default: true. */
  readonly wait?: boolean
  /** Milliseconds. */
  readonly timeout?: number
}

/** A command with its description and, after the options in its help, examples. */
export function command(name: string, description: string, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ ${example}`)
  return new Command(name)
    .description(description)
    .summary(summaryOf(description))
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError('See the help: --help')
    .showSuggestionAfterError()
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}

/** A command that only groups others. */
export function group(name: string, description: string, commands: readonly Command[]): Command {
  const parent = new Command(name)
    .description(description)
    .summary(summaryOf(description))
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
  for (const one of commands) parent.addCommand(one)
  return parent
}

/** For the list of all commands: the description up to its first period or colon. */
function summaryOf(description: string): string {
  return description.split(/[.:] |[.]$/)[0] ?? ''
}

export function withConfig(given: Command): Command {
  return given.option(
    '--config <file>',
    'configuration file (default: the nearest slipway.yaml, in this folder or above)',
  )
}

export function withTemporal(given: Command): Command {
  return given.option(
    '--profile <name>',
    'profile in Temporal’s configuration file (default: TEMPORAL_PROFILE, or else "default")',
  )
}

export function withJson(given: Command, what = 'print one JSON document'): Command {
  return given.option('--json', what)
}

export function withWaiting(given: Command): Command {
  return withJson(
    given
      .option('--wait', 'wait until the release has ended (the default)')
      .option('--no-wait', 'return as soon as the request is accepted')
      .option(
        '--timeout <duration>',
        'stop waiting after this long, with exit status 124; the release continues',
        parseTimeout,
      ),
    'print one line of JSON per event, the result last',
  )
}

/** `--timeout`: timers in Node.js hold at most 2^31 - 1 ms. */
export const parseTimeout = durationArgument({ most: { ms: 2 ** 31 - 1, text: '24d' } })

/** Of every command that exits with the outcome of a release. */
export const exitStatuses = `
Exit status:
  0    succeeded or nothing to do
  2    rejected: nothing was changed
  3    failed, and the previous release was restored
  4    failed, and so did the rollback: a person must act now
  5    superseded by a newer release
  6    cancelled, previous release restored
  124  stopped waiting; the release continues`
