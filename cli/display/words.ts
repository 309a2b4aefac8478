import type { Step } from '../../contract/releases.ts'
import { durationText, plain, shortened } from '../../text/plain.ts'
import type { Change } from './changes.ts'

/** `build api`, or `inspect` for a step of the whole release. */
export function stepName({ name, subject }: Pick<Step, 'name' | 'subject'>): string {
  return subject === undefined ? name : `${name} ${plain(subject)}`
}

/** The name of an activity, in the words of the steps. */
export function activityName(activity: string): string {
  return activityNames[activity] ?? activity
}

const activityNames: Readonly<Record<string, string>> = {
  inspectEnvironment: 'inspect',
  findImages: 'find images',
  registerRevisions: 'register',
  moveTags: 'move tags',
  updateService: 'deploy',
  waitForRollout: 'wait',
  rollBackService: 'roll back',
  awaitCredentials: 'credentials',
  verifyRelease: 'verify',
  planRelease: 'plan',
  listRevisions: 'revisions',
  prepareSource: 'source',
  runChecks: 'checks',
  buildImage: 'build',
  pushImage: 'push',
  discardSource: 'clean up',
}

/** One line about a change, for logs and for terminals that cannot be redrawn. */
export function changeLine(change: Change): string {
  switch (change.event) {
    case 'step':
      return stepLine(change.step)
    case 'warning':
      return `warning: ${plain(change.message)}`
    case 'rollout':
      return `${plain(change.service)}: ${plain(change.summary)}`
    case 'retry':
      return `retrying ${activityName(change.activity)} (attempt ${change.attempt}): ${plain(change.failure)}`
    case 'trouble':
      return troubleLine(change.with, change.reason)
    case 'waiting':
      return plain(change.reason)
    case 'recovered':
      return change.with === 'server'
        ? 'the Temporal server answers again'
        : 'a worker answers again'
  }
}

/** Why the release cannot be followed at the moment, and that it continues. */
export function troubleLine(peer: 'server' | 'worker', reason: string): string {
  return peer === 'server'
    ? `lost the connection to Temporal (${plain(reason)}); the release continues, and this command keeps reconnecting`
    : `no worker answers for this release (${plain(reason)}); it continues as soon as one runs: slipway worker`
}

/** Characters of a failed step's reason. */
const maxReasonLength = 100

function stepLine(step: Step): string {
  const note = step.note === undefined ? '' : `: ${plain(step.note)}`
  const took =
    step.endedAt === undefined ? '' : ` in ${durationText(step.endedAt - step.startedAt)}`
  switch (step.state) {
    case 'running':
      return `${stepName(step)} …${note}`
    case 'done':
      return `${stepName(step)} done${took}${note}`
    case 'failed':
      // In short: the result shows the whole reason.
      return `${stepName(step)} failed after${took.slice(3)}${shortened(note, maxReasonLength)}`
    case 'skipped':
      return `${stepName(step)} skipped${note}`
  }
}
