import { cell } from '../../text/markdown.ts'
import { exitStatus, exitStatusWhenWaitingEnds } from '../../contract/outcome.ts'
import { sendRunnerCommand } from '../output.ts'
import { fenced } from './fenced.ts'
import { addToSummary, setOutputs } from './step-files.ts'
import { annotation, inGitHubActions } from './workflow-commands.ts'

/** Why a command failed before a release began. */
export interface CommandError {
  /** Of the command line, after `slipway`. */
  readonly args: readonly string[]
  readonly message: string
  readonly exitStatus: number
}

/** Commands that request a release: their step has an outcome even if no release began. */
const releaseCommands: ReadonlySet<string | undefined> = new Set(['deploy', 'redeploy', 'rollback'])

/**
 * Shows the error of a command on the page of its job: an annotation, a summary and, if the command
 * requests a release, the output `outcome` of the step. Does nothing outside GitHub Actions.
 */
export function reportCommandError(
  { args, message, exitStatus: status }: CommandError,
  environment: NodeJS.ProcessEnv = process.env,
  send = sendRunnerCommand,
): void {
  if (!inGitHubActions(environment)) return
  send(annotation('error', 'slipway', message))
  const title = `### ❌ slipway ${cell(args.join(' '))}`
  addToSummary([title, '', ...fenced(message), ''].join('\n'), environment)
  const outcome = outcomes.get(status)
  if (outcome !== undefined && releaseCommands.has(args[0])) setOutputs({ outcome }, environment)
}

const outcomes: ReadonlyMap<number, string> = new Map([
  [exitStatus.rejected, 'rejected'],
  [exitStatusWhenWaitingEnds, 'timed_out'],
])
