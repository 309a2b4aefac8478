import type { Revision } from '../../contract/activity-types.ts'
import type { FailureEvidence } from '../../rollout/failed-tasks.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { failureMessage, wasCancelled } from '../temporal/failure.ts'
import type { DeployEnd } from './roll-out.ts'
import type { Change } from './change.ts'
import type { Copies, FailedPart } from './compensate.ts'
import type { ReleaseResult } from '../../contract/releases.ts'
import type { ReleaseRequest } from '../../contract/requests.ts'
import { shortCommit, shortRevision } from '../../text/short.ts'

/** How a release ended. {@link ReleaseResult} is made from it. */
export interface ReleaseEnd extends Partial<FailureEvidence> {
  readonly outcome: Outcome
  readonly message: string
  readonly cause?: string
  readonly changes: readonly Change[]
  readonly copies?: Copies
}

/** The end of a release whose revisions already run everywhere. */
export function unchangedEnd(request: ReleaseRequest, revisions: readonly Revision[]): ReleaseEnd {
  return { outcome: 'unchanged', message: unchangedMessage(request, revisions), changes: [] }
}

function unchangedMessage(request: ReleaseRequest, revisions: readonly Revision[]): string {
  if (request.kind !== 'rollback') return 'The requested revisions already run: nothing to do.'
  const { to, spec } = request
  const { environment } = spec
  const running = revisions.map(({ taskDefinition }) => shortRevision(taskDefinition)).join(', ')
  const message = `What was requested already runs in ${environment} (${running}): nothing to do.`
  if (to !== undefined) return message
  return `${message} To go further back, choose a release (slipway releases ${environment}) and name it: slipway rollback ${environment} --to <release>`
}

/** The end of a release that failed before it moved the first tag: nothing was touched. */
export function rejectedEnd(failure: unknown): ReleaseEnd {
  return wasCancelled(failure)
    ? { outcome: 'cancelled', message: 'Cancelled before anything was touched.', changes: [] }
    : { outcome: 'rejected', message: failureMessage(failure), changes: [] }
}

/** The end of a release after its deployments, with a message for people. */
export function releaseEndOf(
  request: ReleaseRequest,
  commit: string | undefined,
  end: DeployEnd,
  changes: readonly Change[],
): ReleaseEnd {
  const why = {
    ...('cause' in end && end.cause !== '' ? { cause: end.cause } : {}),
    ...('evidence' in end ? end.evidence : {}),
    ...('copies' in end ? { copies: end.copies } : {}),
    changes,
  }
  switch (end.kind) {
    case 'live':
      return { outcome: 'succeeded', message: liveMessage(request, commit, changes), changes }
    case 'untouched': {
      const message = `${sentence(end.reason)} Nothing was touched: what ran before still runs.`
      return { outcome: 'rejected', message, changes: [] }
    }
    case 'rolled back': {
      const how = end.cancelled
        ? 'Cancelled; the previous release runs again.'
        : `${sentence(end.reason)} The previous release runs again.`
      const message = [how, ...copiesMade(end.copies, changes)].join(' ')
      return end.cancelled
        ? { outcome: 'cancelled', message, changes, copies: end.copies }
        : { outcome: 'rolled_back', message, ...why }
    }
    case 'replaced': {
      const message = [end.reason, ...copiesMade(end.copies, changes)].join(' ')
      return { outcome: 'superseded', message, changes, copies: end.copies }
    }
    case 'rollback failed': {
      const command = `aws ecs describe-services --cluster ${request.spec.cluster} --services ${changes.map(({ service }) => service.ecsService).join(' ')}`
      const message = `${sentence(end.reason)} ${howFailed[end.failed]} ${sentence(end.rollbackFailure)} See what runs (${command}), fix the cause, and deploy a commit that works (slipway deploy ${request.spec.environment} --commit <commit>). A person is needed now.`
      return { outcome: 'rollback_failed', message, ...why }
    }
  }
}

const howFailed: Readonly<Record<FailedPart, string>> = {
  services: 'The rollback failed, too:',
  proof: 'It was rolled back, but that is not proven:',
  'moving tags': 'A new task would still pull an image of this release:',
}

/** One sentence for each rollback target that was replaced by a copy. */
function copiesMade(copies: Copies, changes: readonly Change[]): string[] {
  return changes.flatMap(({ service: { name }, inspected }) => {
    const copy = copies[name]
    if (copy === undefined) return []
    const was = shortRevision(inspected.rollbackTarget.taskDefinition)
    return [`${was} had been deregistered: ${shortRevision(copy)}, a copy of it, runs instead.`]
  })
}

function liveMessage(
  { kind, spec: { environment } }: ReleaseRequest,
  commit: string | undefined,
  changes: readonly Change[],
): string {
  const revisions = changes.map(({ revision }) => shortRevision(revision.taskDefinition)).join(', ')
  switch (kind) {
    case 'deploy':
      return `${shortCommit(commit)} is live in ${environment}.`
    case 'rollback': {
      const from = commit === undefined ? '' : ` (${shortCommit(commit)})`
      return `${revisions}${from} is live again in ${environment}.`
    }
    case 'redeploy':
      return `${revisions} runs in new tasks in ${environment}.`
  }
}

/** The message of the workflow's failure. */
export function messageWithCause({ message, cause }: ReleaseResult): string {
  return cause === undefined ? message : `${message} Cause: ${cause}`
}

/** A reason from AWS may or may not end with a full stop. */
function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`
}
