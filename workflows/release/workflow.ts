import { ApplicationFailure, CancellationScope, upsertSearchAttributes } from '@temporalio/workflow'
import type { Inspection, PushedImage, Revision } from '../../contract/activity-types.ts'
import type { RollbackTarget } from '../../rollout/deployment.ts'
import { localActivities } from '../temporal/activity-proxies.ts'
import { buildImages } from './build-images.ts'
import { deregister } from './deregister.ts'
import {
  rejectedEnd,
  releaseEndOf,
  messageWithCause,
  unchanged,
  type ReleaseEnd,
} from './outcome.ts'
import { openReleaseProgress, type ReleaseProgress } from './progress.ts'
import { rollOut } from './roll-out.ts'
import type { Change, MovedTags } from './change.ts'
import { outcomeKey } from '../../contract/search-attributes.ts'
import { moveTags } from './move-tags.ts'
import type { ReleaseInput, ReleaseResult } from '../../contract/releases.ts'
import type { DeployRequest, ReleaseRequest, RollbackRequest } from '../../contract/requests.ts'
import { shortCommit, shortRevision } from '../../text/short.ts'

/**
 * One release: check, build, push, register, deploy, wait, verify; or, for a rollback and a
 * redeploy, the second half of that with revisions that exist. Ends as exactly one outcome:
 * `succeeded` and `unchanged` as the result, all others as a failure whose type is the outcome
 * and whose first detail is the {@link ReleaseResult}.
 */
export async function release(input: ReleaseInput): Promise<ReleaseResult> {
  const record = openReleaseProgress(input)
  const ending = await run(input, record)
  const { changes, copies = {}, ...told } = ending
  const { commit, startedAt, warnings } = record.status()
  const result: ReleaseResult = {
    id: input.id,
    ...told,
    ...(commit === undefined ? {} : { commit }),
    services: changes.map(({ service: { name, ecsService }, inspected, revision }) => ({
      name,
      ecsService: ecsService,
      revision,
      rollbackTarget: rollbackTargetNow(inspected.rollbackTarget, copies[name]),
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

/** What runs again after a release that was taken back. */
function rollbackTargetNow(
  rollbackTarget: RollbackTarget,
  copy: string | undefined,
): RollbackTarget {
  if (copy === undefined) return rollbackTarget
  return { ...rollbackTarget, taskDefinition: copy, copyOf: rollbackTarget.taskDefinition }
}

async function run(input: ReleaseInput, record: ReleaseProgress): Promise<ReleaseEnd> {
  const { request } = input
  const { spec } = request
  let changes: readonly Change[]
  let tags: MovedTags
  try {
    const inspection = await record.step({ name: 'inspect' }, () =>
      localActivities(`inspect ${spec.cluster}`).inspectEnvironment({
        spec,
        freezes: keepsOut(request) ? 'kept' : 'ignored',
      }),
    )
    record.warn(inspection.warnings)
    const revisions = await revisionsFor(input, record, inspection)
    changes = changesOf(input, inspection, revisions)
    if (changes.length === 0) return unchanged
    tags = await moveTags(spec, changes)
  } catch (failure) {
    return rejectedEnd(failure)
  }
  const force = spec.mode === 'force' || request.kind === 'redeploy'
  const end = await rollOut(record, spec, changes, force, tags)
  if (end.kind === 'rolled back' || end.kind === 'untouched') {
    await CancellationScope.nonCancellable(() => deregister(record, spec, changes))
  }
  return releaseEndOf(request, record.status().commit, end, changes)
}

/** Rollbacks are let in at all times, and whoever has a reason to override a freeze. */
function keepsOut(request: ReleaseRequest): boolean {
  return request.kind !== 'rollback' && request.override === undefined
}

/** Makes the revisions that shall run, or takes the ones that the request is about. */
async function revisionsFor(
  input: ReleaseInput,
  record: ReleaseProgress,
  inspection: Inspection,
): Promise<readonly Revision[]> {
  switch (input.request.kind) {
    case 'deploy':
      return registerNew(input.id, input.request, record, inspection)
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
  { spec, to }: RollbackRequest,
): Promise<readonly Revision[]> {
  return localActivities('check what to go back to').resolveRollback({
    spec,
    ...(revisions === undefined ? {} : { revisions }),
    ...(to === undefined ? {} : { to }),
  })
}

async function registerNew(
  id: string,
  request: DeployRequest,
  record: ReleaseProgress,
  { services: running }: Inspection,
): Promise<readonly Revision[]> {
  const { spec, commit, rebuild } = request
  const found = await localActivities(`look for images of ${shortCommit(commit)}`).findImages({
    spec,
    commit,
    running,
    ...(rebuild === undefined ? {} : { rebuild }),
  })
  const images: readonly PushedImage[] = await buildImages(record, request, id, found)
  return record.step(
    { name: 'register' },
    () =>
      localActivities('register revisions').registerRevisions({
        spec,
        release: id,
        commit,
        images,
      }),
    (revisions) => revisions.map((one) => shortRevision(one.taskDefinition)).join(', '),
  )
}

/** The services, in order of deployment, whose revision or digests differ from what runs. */
function changesOf(
  { request }: ReleaseInput,
  inspection: Inspection,
  revisions: readonly Revision[],
): readonly Change[] {
  return request.spec.services.flatMap((service) => {
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
