import type { ReleaseResult, ReleaseStatus } from '../../contract/releases.ts'
import { failureText } from '../display/failure.ts'
import { outcomeWords } from '../../text/outcome-words.ts'
import type { FollowEvent } from '../../client/index.ts'
import { tellRunner } from '../output.ts'
import { plain, plainLines } from '../../text/plain.ts'
import { addToSummary, setOutputs } from './step-files.ts'
import { type SummaryLink, summaryOf, summaryOfWaiting } from './summary.ts'
import { annotation, folded, inGitHubActions } from './workflow-commands.ts'

/** The job of GitHub Actions that a command runs in, and what its page is told of a release. */
export interface Job {
  /** Remembers what the release says of itself, and shows its warnings as annotations. */
  readonly show: (event: FollowEvent) => void
  /** @param wanted it ended as the command was asked to make it end */
  readonly ended: (result: ReleaseResult, wanted: boolean) => void
  /** Nobody waits for it any longer. */
  readonly left: (how: 'timed_out' | 'interrupted') => void
}

export interface JobRelease {
  readonly id: string
  readonly environment: string
  readonly link: SummaryLink
  /** What becomes of it when the job, which works for it, does not wait. Left out: it goes on. */
  readonly withoutUs?: string
}

/**
 * Opens what the page of the run shows: annotations, a summary, and the outputs `release` and
 * `outcome` of the step. `undefined` outside of GitHub Actions.
 *
 * Commands to the runner go to standard error, which it reads as well: standard output holds the
 * answer, which may be JSON.
 */
export function openJob(
  { id, environment: place, link, withoutUs = 'It goes on.' }: JobRelease,
  environment: NodeJS.ProcessEnv = process.env,
  tell = tellRunner,
): Job | undefined {
  if (!inGitHubActions(environment)) return undefined
  setOutputs({ release: id }, environment)
  let seen: ReleaseStatus | undefined
  const warned = new Set<string>()
  const warn = (message: string) => {
    if (warned.has(message)) return
    warned.add(message)
    tell(annotation('warning', `slipway ${place}`, plain(message)))
  }
  return {
    show(event) {
      if (event.kind !== 'progress') return
      seen = event.status
      event.status.warnings.forEach(warn)
    },
    ended(result, wanted) {
      const { outcome, message, cause } = result
      result.warnings.forEach(warn)
      setOutputs({ outcome }, environment)
      addToSummary(summaryOf(result, seen, link), environment)
      for (const [title = '', ...lines] of failuresOf(result)) tell(folded(title, lines))
      const kind = wanted ? undefined : severities[outcome]
      if (kind === undefined) return
      const why = cause === undefined || cause === '' ? '' : `\nCause: ${plainLines(cause)}`
      const title = `${outcomeWords[outcome]}: ${id}`
      tell(annotation(kind, title, `${plainLines(message)}${why}`))
    },
    left(how) {
      setOutputs({ outcome: how }, environment)
      const next = [
        withoutUs,
        `Follow it: slipway wait ${id}`,
        `Cancel it: slipway cancel ${place}`,
      ]
      addToSummary(summaryOfWaiting(id, seen, link, next), environment)
      const why = how === 'timed_out' ? 'stopped waiting' : 'interrupted'
      tell(annotation('warning', `${why}: ${id}`, next.join('\n')))
    },
  }
}

/** An error where something is wrong, a warning where somebody or something else came first. */
const severities: Readonly<Record<ReleaseResult['outcome'], 'error' | 'warning' | undefined>> = {
  succeeded: undefined,
  unchanged: undefined,
  superseded: 'warning',
  cancelled: 'warning',
  rejected: 'error',
  rolled_back: 'error',
  rollback_failed: 'error',
}

/** What each failed task did and printed, one folded block for each. */
function failuresOf({ failedTasks = [], unhealthyTargets = [] }: ReleaseResult) {
  return [
    ...failedTasks.map((task) => failureText({ failedTasks: [task] })),
    ...unhealthyTargets.map((target) => failureText({ unhealthyTargets: [target] })),
  ]
}
