import { cell } from '../../text/markdown.ts'
import { exitStatus, exitStatusWhenWaitingEnds } from '../../contract/outcome.ts'
import { tellRunner } from '../output.ts'
import { fenced } from './fenced.ts'
import { addToSummary, setOutputs } from './step-files.ts'
import { annotation, inGitHubActions } from './workflow-commands.ts'

/** What a command was asked to do, as it was written, and why it did not. */
export interface RejectedCommand {
  readonly args: readonly string[]
  readonly message: string
  readonly exitStatus: number
}

/** Commands that ask for a release: their step has an outcome though none has begun. */
const asking: ReadonlySet<string | undefined> = new Set(['deploy', 'redeploy', 'rollback'])

/**
 * Shows on the page of a job why a command did nothing: an annotation, a summary and, where a
 * release was asked for, the output `outcome` of the step. Nothing happens outside of GitHub Actions.
 */
export function reportRejectedCommand(
  { args, message, exitStatus: status }: RejectedCommand,
  environment: NodeJS.ProcessEnv = process.env,
  tell = tellRunner,
): void {
  if (!inGitHubActions(environment)) return
  tell(annotation('error', 'slipway', message))
  const title = `### ❌ slipway ${cell(args.join(' '))}`
  addToSummary([title, '', ...fenced(message), ''].join('\n'), environment)
  const outcome = outcomes.get(status)
  if (outcome !== undefined && asking.has(args[0])) setOutputs({ outcome }, environment)
}

const outcomes: ReadonlyMap<number, string> = new Map([
  [exitStatus.rejected, 'rejected'],
  [exitStatusWhenWaitingEnds, 'timed_out'],
])
