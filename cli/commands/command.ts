import { Command } from 'commander'
import { durationArgument } from './duration-argument.ts'

/** What every command that reads `slipway.yaml` or asks Temporal takes. */
export interface CommonOptions {
  readonly config?: string
  readonly profile?: string
  readonly json?: boolean
}

/** What a command that may wait for a release takes. */
export interface WaitOptions extends CommonOptions {
  /** Left out: yes. */
  readonly wait?: boolean
  /** Milliseconds. */
  readonly timeout?: number
}

/** A command with its description and, behind the options in its help, examples. */
export function command(name: string, description: string, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ ${example}`)
  return (
    new Command(name)
      .description(description)
      // In the list of all commands, as much as fits a line.
      .summary(description.split(/[.:] |[.]$/)[0] ?? '')
      .helpOption('-h, --help', 'show this help')
      .showHelpAfterError('See the help: --help')
      .showSuggestionAfterError()
      .addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
  )
}

/** A command that only holds others. */
export function group(name: string, description: string, commands: readonly Command[]): Command {
  const holder = new Command(name)
    .description(description)
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
  for (const one of commands) holder.addCommand(one)
  return holder
}

export function withConfig(given: Command): Command {
  return given.option(
    '--config <file>',
    'configuration to use (default: the nearest slipway.yaml, here or in a folder above)',
  )
}

export function withTemporal(given: Command): Command {
  return given.option(
    '--profile <name>',
    'profile of Temporal’s configuration file (default: TEMPORAL_PROFILE, then "default")',
  )
}

export function withJson(given: Command, what = 'print one JSON document'): Command {
  return given.option('--json', what)
}

export function withWaiting(given: Command): Command {
  return withJson(
    given
      .option('--wait', 'wait until the release has ended (the default)')
      .option('--no-wait', 'return as soon as the release has begun')
      .option(
        '--timeout <duration>',
        'stop waiting after this long, with exit status 124; the release goes on',
        parseTimeout,
      ),
    'print one line of JSON for each event, the result last',
  )
}

/** `--timeout`: longer ones than this a timer of Node.js does not hold. */
export const parseTimeout = durationArgument({ most: { ms: 2 ** 31 - 1, text: '24d' } })
