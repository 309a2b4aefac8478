import type { Step } from '../../contract/releases.ts'
import { durationText, plain, shortened } from '../../text/plain.ts'
import type { Change } from './changes.ts'

/** `build api`, or `inspect` where it is about the whole release. */
export function stepName({ name, subject }: Pick<Step, 'name' | 'subject'>): string {
  return subject === undefined ? name : `${name} ${plain(subject)}`
}

/** What an activity does, as the steps are called. */
export function activityName(activity: string): string {
  return activityNames[activity] ?? activity
}

const activityNames: Readonly<Record<string, string>> = {
  inspectEnvironment: 'inspect',
  findImages: 'look for images',
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
  discardSource: 'tidy up',
}

/** One line about something new, for a terminal that cannot be redrawn and for logs. */
export function changeLine(change: Change): string {
  switch (change.event) {
    case 'step':
      return stepLine(change.step)
    case 'warning':
      return `warning: ${plain(change.message)}`
    case 'rollout':
      return `${plain(change.service)}: ${plain(change.summary)}`
    case 'retry':
      return `retrying ${activityName(change.activity)} (try ${change.attempt}): ${plain(change.failure)}`
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

/** What is wrong while following, and that it is not the release itself. */
export function troubleLine(withWhom: 'server' | 'worker', reason: string): string {
  return withWhom === 'server'
    ? `the connection to Temporal is lost (${plain(reason)}); the release goes on, and this keeps trying`
    : `no worker answers for this release (${plain(reason)}); it goes on as soon as one runs: slipway worker`
}

/** Of a failed step's reason, in characters. */
const failureLength = 100

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
      // The result below says all of it; here it is enough to know what the log is about.
      return `${stepName(step)} failed after${took.slice(3)}${shortened(note, failureLength)}`
    case 'skipped':
      return `${stepName(step)} skipped${note}`
  }
}
