import type { ReleaseResult, ReleaseStatus } from '../../contract/releases.ts'
import { failureText } from '../display/failure.ts'
import { outcomeWords } from '../../text/outcome-words.ts'
import type { FollowEvent } from '../../client/index.ts'
import { sendRunnerCommand } from '../output.ts'
import { plain, plainLines } from '../../text/plain.ts'
import { addToSummary, setOutputs } from './step-files.ts'
import { type SummaryLink, summaryOf, summaryOfWaiting } from './summary.ts'
import { annotation, folded, inGitHubActions } from './workflow-commands.ts'

/** The job of GitHub Actions in which a command runs. */
export interface Job {
  /** Keeps the status of the release, and shows its warnings as annotations. */
  readonly show: (event: FollowEvent) => void
  /** @param isSuccess the command exits with 0, so the outcome needs no annotation */
  readonly ended: (result: ReleaseResult, isSuccess: boolean) => void
  readonly stoppedWaiting: (why: 'timed_out' | 'interrupted') => void
}

export interface JobRelease {
  readonly id: string
  readonly environment: string
  readonly link: SummaryLink
  /** What happens when the job stops waiting, if it does part of the release's work. */
  readonly afterStopping?: string
}

/**
 * Opens what the page of the run shows: annotations, a summary, and the outputs `release` and
 * `outcome` of the step. `undefined` outside GitHub Actions.
 *
 * Commands to the runner go to standard error, which it reads as well: standard output holds the
 * answer, which may be JSON.
 */
export function openJob(
  { id, environment, link, afterStopping = 'It continues.' }: JobRelease,
  variables: NodeJS.ProcessEnv = process.env,
  send = sendRunnerCommand,
): Job | undefined {
  if (!inGitHubActions(variables)) return undefined
  setOutputs({ release: id }, variables)
  let lastStatus: ReleaseStatus | undefined
  const warned = new Set<string>()
  const warn = (message: string) => {
    if (warned.has(message)) return
    warned.add(message)
    send(annotation('warning', `slipway ${environment}`, plain(message)))
  }
  return {
    show(event) {
      if (event.kind !== 'progress') return
      lastStatus = event.status
      event.status.warnings.forEach(warn)
    },
    ended(result, isSuccess) {
      const { outcome, message, cause } = result
      result.warnings.forEach(warn)
      setOutputs({ outcome }, variables)
      addToSummary(summaryOf(result, lastStatus, link), variables)
      for (const [title = '', ...lines] of failuresOf(result)) send(folded(title, lines))
      const kind = isSuccess ? undefined : annotationKinds[outcome]
      if (kind === undefined) return
      const why = cause === undefined || cause === '' ? '' : `\nCause: ${plainLines(cause)}`
      const title = `${outcomeWords[outcome]}: ${id}`
      send(annotation(kind, title, `${plainLines(message)}${why}`))
    },
    stoppedWaiting(why) {
      setOutputs({ outcome: why }, variables)
      const next = [
        afterStopping,
        `Follow it: slipway wait ${id}`,
        `Cancel it: slipway cancel ${environment}`,
      ]
      addToSummary(summaryOfWaiting(id, lastStatus, link, next), variables)
      const title = `${why === 'timed_out' ? 'stopped waiting' : 'interrupted'}: ${id}`
      send(annotation('warning', title, next.join('\n')))
    },
  }
}

/** An error if something is wrong, a warning if another release or a person came first. */
const annotationKinds: Readonly<Record<ReleaseResult['outcome'], 'error' | 'warning' | undefined>> =
  {
    succeeded: undefined,
    unchanged: undefined,
    superseded: 'warning',
    cancelled: 'warning',
    rejected: 'error',
    rolled_back: 'error',
    rollback_failed: 'error',
  }

/** One folded group per failed task and unhealthy target. */
function failuresOf({ failedTasks = [], unhealthyTargets = [] }: ReleaseResult) {
  return [
    ...failedTasks.map((task) => failureText({ failedTasks: [task] })),
    ...unhealthyTargets.map((target) => failureText({ unhealthyTargets: [target] })),
  ]
}
