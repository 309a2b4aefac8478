import { ApplicationFailure, CancellationScope, upsertSearchAttributes } from '@temporalio/workflow'
import type { Inspection, PushedImage, Revision } from '../../contract/activity-types.ts'
import type { RollbackTarget } from '../../rollout/deployment.ts'
import { localActivities } from '../temporal/activity-proxies.ts'
import { boundResult } from './bound-result.ts'
import { buildImages } from './build-images.ts'
import { deregister } from './deregister.ts'
import {
  rejectedEnd,
  releaseEndOf,
  messageWithCause,
  unchangedEnd,
  type ReleaseEnd,
} from './outcome.ts'
import { trackProgress, type ReleaseProgress } from './progress.ts'
import { rollOut } from './roll-out.ts'
import { withoutImageDigests, type Change, type MovedTags } from './change.ts'
import { outcomeKey } from '../../contract/search-attributes.ts'
import { moveTags } from './move-tags.ts'
import type { ReleaseInput, ReleaseResult } from '../../contract/releases.ts'
import type { DeployRequest, ReleaseRequest, RollbackRequest } from '../../contract/requests.ts'
import { isSameImage } from '../../rollout/same-image.ts'
import { shortCommit, shortRevision } from '../../text/short.ts'

/**
 * One release: check, build, push, register, deploy, wait, verify; or, for a rollback and a
 * redeploy, the second half of that with existing revisions. Ends as exactly one outcome:
 * `succeeded` and `unchanged` as the result, all others as a failure whose type is the outcome
 * and whose first detail is the {@link ReleaseResult}.
 */
export async function release(input: ReleaseInput): Promise<ReleaseResult> {
  const progress = trackProgress(input)
  const { changes, copies = {}, ...end } = await run(input, progress)
  const { commit, startedAt, warnings } = progress.status()
  const result = boundResult({
    id: input.id,
    ...end,
    ...(commit === undefined ? {} : { commit }),
    services: changes.map(({ service: { name, ecsService }, inspected, revision }) => ({
      name,
      ecsService,
      revision: withoutImageDigests(revision),
      rollbackTarget: rollbackTargetNow(
        withoutImageDigests(inspected.rollbackTarget),
        copies[name],
      ),
    })),
    startedAt,
    endedAt: Date.now(),
    warnings,
  })
  progress.end(result)
  upsertSearchAttributes([{ key: outcomeKey, value: result.outcome }])
  if (result.outcome === 'succeeded' || result.outcome === 'unchanged') return result
  throw ApplicationFailure.nonRetryable(messageWithCause(result), result.outcome, result)
}

/** The rollback target, which is the copy that runs if the original was deregistered. */
function rollbackTargetNow(
  rollbackTarget: RollbackTarget,
  copy: string | undefined,
): RollbackTarget {
  if (copy === undefined) return rollbackTarget
  return { ...rollbackTarget, taskDefinition: copy, copyOf: rollbackTarget.taskDefinition }
}

async function run(input: ReleaseInput, progress: ReleaseProgress): Promise<ReleaseEnd> {
  const { request } = input
  const { spec } = request
  let changes: readonly Change[]
  let tags: MovedTags
  try {
    const inspection = await progress.step({ name: 'inspect' }, () =>
      localActivities(`inspect ${spec.cluster}`).inspectEnvironment({
        spec,
        freezes: obeysFreezes(request) ? 'kept' : 'ignored',
        kind: request.kind,
      }),
    )
    progress.warn(inspection.warnings)
    const revisions = await revisionsFor(input, progress, inspection)
    changes = changesOf(input, inspection, revisions)
    if (changes.length === 0) return unchangedEnd(request, revisions)
    tags = await moveTags(spec, changes)
  } catch (failure) {
    return rejectedEnd(failure)
  }
  const force = spec.mode === 'force' || request.kind === 'redeploy'
  const end = await rollOut(progress, spec, changes, force, tags)
  if (end.kind === 'rolled back' || end.kind === 'untouched') {
    await CancellationScope.nonCancellable(() => deregister(progress, spec, changes))
  }
  return releaseEndOf(request, progress.status().commit, end, changes)
}

/** Rollbacks ignore freezes, and so do requests with a reason to override them. */
function obeysFreezes(request: ReleaseRequest): boolean {
  return request.kind !== 'rollback' && request.override === undefined
}

/** The revisions to run: new ones, or existing ones that the request is about. */
async function revisionsFor(
  input: ReleaseInput,
  progress: ReleaseProgress,
  inspection: Inspection,
): Promise<readonly Revision[]> {
  switch (input.request.kind) {
    case 'deploy':
      return registerNew(input.id, input.request, progress, inspection)
    case 'rollback':
      return rollbackRevisions(input, input.request)
    case 'redeploy':
      return inspection.services.map(({ name, now }) => ({
        service: name,
        taskDefinition: now.taskDefinition,
        digests: now.digests,
        ...(now.imageDigests === undefined ? {} : { imageDigests: now.imageDigests }),
        registered: false,
      }))
  }
}

/** From the ledger or from ECS, and checked before anything is touched. */
function rollbackRevisions(
  { revisions }: ReleaseInput,
  { spec, to }: RollbackRequest,
): Promise<readonly Revision[]> {
  return localActivities('check the rollback target').resolveRollback({
    spec,
    ...(revisions === undefined ? {} : { revisions }),
    ...(to === undefined ? {} : { to }),
  })
}

async function registerNew(
  id: string,
  request: DeployRequest,
  progress: ReleaseProgress,
  { services: running }: Inspection,
): Promise<readonly Revision[]> {
  const { spec, commit, rebuild } = request
  const found = await localActivities(`find images of ${shortCommit(commit)}`).findImages({
    spec,
    commit,
    running,
    ...(rebuild === undefined ? {} : { rebuild }),
  })
  const images: readonly PushedImage[] = await buildImages(progress, request, id, found)
  return progress.step(
    { name: 'register' },
    () =>
      localActivities('register revisions').registerRevisions({
        spec,
        release: id,
        commit,
        running,
        images,
      }),
    (revisions) => revisions.map((one) => shortRevision(one.taskDefinition)).join(', '),
  )
}

/**
 * The services, in order of deployment, whose revision or digests differ from what runs, or that need
 * a deployment anyway.
 */
function changesOf(
  { request }: ReleaseInput,
  inspection: Inspection,
  revisions: readonly Revision[],
): readonly Change[] {
  return request.spec.services.flatMap((service) => {
    const inspected = inspection.services.find((one) => one.name === service.name)
    const revision = revisions.find((one) => one.service === service.name)
    if (inspected === undefined || revision === undefined) return []
    const { now, needsDeployment = false } = inspected
    const same =
      !needsDeployment &&
      now.taskDefinition === revision.taskDefinition &&
      Object.entries(revision.digests).every(([name, digest]) =>
        isSameImage(now.digests[name], digest, revision.imageDigests?.[name]),
      )
    return same && request.kind !== 'redeploy' ? [] : [{ service, inspected, revision }]
  })
}
