import { ApplicationFailure, CancellationScope, upsertSearchAttributes } from '@temporalio/workflow'
import type { Inspection, PushedImage, Revision } from '../activities/types.ts'
import type { Evidence } from '../rollout/failed-tasks.ts'
import type { Outcome } from '../rollout/outcome.ts'
import { inPassing } from './activity-calls.ts'
import { makeImages } from './build-images.ts'
import { deregister } from './deregister.ts'
import { messageOf, wasCancelled } from './failure.ts'
import { openRecord, type ReleaseRecord } from './release-record.ts'
import { rollOut, type Change, type RollOutEnd } from './roll-out.ts'
import { outcomeKey } from './search-attributes.ts'
import { moveTags, type MovedTags } from './move-tags.ts'
import type {
  DeployRequest,
  ReleaseInput,
  ReleaseRequest,
  ReleaseResult,
  RollbackRequest,
} from './types.ts'
import { shortCommit, shortRevision } from './words.ts'

/** What a release comes to, before it is told to the world. */
interface Ending extends Partial<Evidence> {
  readonly outcome: Outcome
  readonly message: string
  readonly cause?: string
  readonly changes: readonly Change[]
}

/**
 * One release: check, build, push, register, deploy, wait, verify; or, for a rollback and a
 * redeploy, the second half of that with revisions that exist. Ends as exactly one outcome:
 * `succeeded` and `unchanged` as the result, all others as a failure whose type is the outcome
 * and whose first detail is the {@link ReleaseResult}.
 */
export async function release(input: ReleaseInput): Promise<ReleaseResult> {
  const record = openRecord(input)
  const ending = await run(input, record)
  const { changes, ...told } = ending
  const { commit, startedAt, warnings } = record.status()
  const result: ReleaseResult = {
    id: input.id,
    ...told,
    ...(commit === undefined ? {} : { commit }),
    services: changes.map(({ service, inspected, revision }) => ({
      name: service.name,
      ecsService: service.service,
      revision,
      wayBack: inspected.wayBack,
    })),
    startedAt,
    endedAt: Date.now(),
    warnings,
  }
  record.end(result)
  upsertSearchAttributes([{ key: outcomeKey, value: result.outcome }])
  if (result.outcome === 'succeeded' || result.outcome === 'unchanged') return result
  throw ApplicationFailure.nonRetryable(messageWithCause(result), result.outcome, result)
}

const nothingToDo: Ending = {
  outcome: 'unchanged',
  message: 'What runs is what was asked for: nothing to do.',
  changes: [],
}

async function run(input: ReleaseInput, record: ReleaseRecord): Promise<Ending> {
  const { request } = input
  const { target } = request
  let changes: readonly Change[]
  let tags: MovedTags
  try {
    const inspection = await record.step({ name: 'inspect' }, () =>
      inPassing(`inspect ${target.cluster}`).inspectEnvironment({
        target,
        release: input.id,
        freezes: keepsOut(request) ? 'kept' : 'ignored',
      }),
    )
    record.warn(inspection.warnings)
    const revisions = await revisionsFor(input, record, inspection)
    changes = changesOf(input, inspection, revisions)
    if (changes.length === 0) return nothingToDo
    tags = await moveTags(target, changes)
  } catch (failure) {
    return beforeAnything(failure)
  }
  const force = target.mode === 'force' || request.kind === 'redeploy'
  const end = await rollOut(record, target, changes, force, tags)
  if (end.kind === 'taken back' || end.kind === 'untouched') {
    await CancellationScope.nonCancellable(() => deregister(record, target, changes))
  }
  return endingOf(input, record, end, changes)
}

/** Rollbacks are let in at all times, and whoever has a reason to override a freeze. */
function keepsOut(request: ReleaseRequest): boolean {
  return request.kind !== 'rollback' && request.override === undefined
}

/** Makes the revisions that shall run, or takes the ones that the request is about. */
async function revisionsFor(
  input: ReleaseInput,
  record: ReleaseRecord,
  inspection: Inspection,
): Promise<readonly Revision[]> {
  switch (input.request.kind) {
    case 'deploy':
      return registerNew(input.id, input.request, record)
    case 'rollback':
      return goBackTo(input, input.request)
    case 'redeploy':
      return inspection.services.map(({ name, now }) => ({
        service: name,
        taskDefinition: now.taskDefinition,
        digests: now.digests,
        registered: false,
      }))
  }
}

/** From the ledger or from ECS, checked before anything is touched. */
function goBackTo(
  { revisions }: ReleaseInput,
  { target, to }: RollbackRequest,
): Promise<readonly Revision[]> {
  return inPassing('check what to go back to').resolveRollback({
    target,
    ...(revisions === undefined ? {} : { revisions }),
    ...(to === undefined ? {} : { to }),
  })
}

async function registerNew(
  id: string,
  request: DeployRequest,
  record: ReleaseRecord,
): Promise<readonly Revision[]> {
  const { target, commit, rebuild } = request
  const found = await inPassing(`look for images of ${shortCommit(commit)}`).findImages({
    target,
    commit,
    ...(rebuild === undefined ? {} : { rebuild }),
  })
  const images: readonly PushedImage[] = await makeImages(record, request, id, found)
  return record.step(
    { name: 'register' },
    () =>
      inPassing('register revisions').registerRevisions({ target, release: id, commit, images }),
    (revisions) => revisions.map((one) => shortRevision(one.taskDefinition)).join(', '),
  )
}

/** The services, in order of deployment, whose revision or digests differ from what runs. */
function changesOf(
  { request }: ReleaseInput,
  inspection: Inspection,
  revisions: readonly Revision[],
): readonly Change[] {
  return request.target.services.flatMap((service) => {
    const inspected = inspection.services.find((one) => one.name === service.name)
    const revision = revisions.find((one) => one.service === service.name)
    if (inspected === undefined || revision === undefined) return []
    const { now } = inspected
    const same =
      now.taskDefinition === revision.taskDefinition &&
      Object.entries(revision.digests).every(([name, digest]) => now.digests[name] === digest)
    return same && request.kind !== 'redeploy' ? [] : [{ service, inspected, revision }]
  })
}

function beforeAnything(failure: unknown): Ending {
  return wasCancelled(failure)
    ? { outcome: 'cancelled', message: 'Cancelled before anything was touched.', changes: [] }
    : { outcome: 'rejected', message: messageOf(failure), changes: [] }
}

function endingOf(
  { request }: ReleaseInput,
  record: ReleaseRecord,
  end: RollOutEnd,
  changes: readonly Change[],
): Ending {
  const why = {
    ...('cause' in end && end.cause !== '' ? { cause: end.cause } : {}),
    ...('evidence' in end ? end.evidence : {}),
  }
  switch (end.kind) {
    case 'live':
      return { outcome: 'succeeded', message: liveMessage(request, record, changes), changes }
    case 'untouched': {
      const message = `${sentence(end.reason)} Nothing was touched: what ran before runs on.`
      return { outcome: 'rejected', message, changes: [] }
    }
    case 'taken back':
      return end.cancelled
        ? { outcome: 'cancelled', message: 'Cancelled; the previous release runs again.', changes }
        : {
            outcome: 'rolled_back',
            message: `${sentence(end.reason)} The previous release runs again.`,
            ...why,
            changes,
          }
    case 'replaced':
      return { outcome: 'superseded', message: end.reason, changes }
    case 'stuck': {
      const look = `aws ecs describe-services --cluster ${request.target.cluster} --services ${changes.map(({ service }) => service.service).join(' ')}`
      const message = `${sentence(end.reason)} The way back failed, too: ${sentence(end.wayBack)} See what runs (${look}), mend what keeps it from running, and roll back or release again. A person is needed now.`
      return { outcome: 'rollback_failed', message, ...why, changes }
    }
  }
}

function liveMessage(
  { kind, target: { environment } }: ReleaseRequest,
  record: ReleaseRecord,
  changes: readonly Change[],
): string {
  const revisions = changes.map(({ revision }) => shortRevision(revision.taskDefinition)).join(', ')
  const { commit } = record.status()
  switch (kind) {
    case 'deploy':
      return `${shortCommit(commit)} is live in ${environment}.`
    case 'rollback': {
      const from = commit === undefined ? '' : ` (${shortCommit(commit)})`
      return `${revisions}${from} is live again in ${environment}.`
    }
    case 'redeploy':
      return `${revisions} runs in fresh tasks in ${environment}.`
  }
}

function messageWithCause({ message, cause }: ReleaseResult): string {
  return cause === undefined ? message : `${message} Cause: ${cause}`
}

/** A reason of AWS's own may or may not end with a full stop. */
function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`
}
