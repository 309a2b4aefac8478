import type { Change, MovedTags } from './change.ts'
import type { ServiceSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { InspectedService, RolloutEnd } from '../../contract/activity-types.ts'
import type { StartedDeployment } from '../../rollout/deployment.ts'
import { shortActivities, pollingActivities } from '../temporal/activity-proxies.ts'
import { retryOnExpiredCredentials } from './retry-on-expired-credentials.ts'
import type { ReleaseProgress, StepEnd } from './progress.ts'
import {
  compensate,
  failureFrom,
  failureOf,
  type Compensation,
  type CompensationResult,
  type ReleaseFailure,
} from './compensate.ts'
import { shortRevision } from '../../text/short.ts'

export type RollOutEnd = { readonly kind: 'live' } | CompensationResult

/**
 * Services one after the other in the order given, each waited for until it is stable and healthy;
 * then all of them together for the stability window. All live, or all back: when one fails, or
 * the release is cancelled, everything touched is taken back in reverse order.
 */
export async function rollOut(
  record: ReleaseProgress,
  spec: EnvironmentSpec,
  changes: readonly Change[],
  force: boolean,
  tags: MovedTags,
): Promise<RollOutEnd> {
  const compensations: Compensation[] = []
  const goBack = (trouble: ReleaseFailure) =>
    compensate(record, trouble, {
      compensations,
      tags,
      retry: retryOnExpiredCredentials(record, spec),
    })
  const started: StartedDeployment[] = []
  for (const change of changes) {
    const attempt = await deployService(record, spec, change, force, compensations)
    if ('trouble' in attempt) return goBack(attempt.trouble)
    started.push(attempt.started)
  }
  const trouble = await verifyAll(record, spec, changes, started)
  return trouble === undefined ? { kind: 'live' } : goBack(trouble)
}

async function deployService(
  record: ReleaseProgress,
  spec: EnvironmentSpec,
  { service, inspected, revision }: Change,
  force: boolean,
  compensations: Compensation[],
): Promise<{ started: StartedDeployment } | { trouble: ReleaseFailure }> {
  const about = { subject: service.name }
  const before = inspected.rollbackTarget
  let ours: StartedDeployment | undefined
  try {
    // The way back is registered before the step that it undoes: that step may have acted even
    // though it failed.
    compensations.push({
      service: service.name,
      run: () => rollBackService(record, spec, service, inspected, ours),
    })
    const started = await record.step(
      { name: 'deploy', ...about },
      () =>
        shortActivities(`deploy ${service.ecsService}`).updateService({
          spec,
          service,
          revision,
          before,
          force,
        }),
      () => shortRevision(revision.taskDefinition),
    )
    ours = started
    const { timeoutMs } = spec.stability
    const end = await record.step(
      { name: 'wait', ...about },
      () =>
        pollingActivities(`wait for ${service.ecsService}`, timeoutMs).waitForRollout({
          spec,
          service,
          started,
          revision,
          before,
          deadline: Date.now() + timeoutMs,
        }),
      stepEndOf,
    )
    return end.kind === 'succeeded' ? { started } : { trouble: failureOf(service.name, end) }
  } catch (failure) {
    return { trouble: failureFrom(service.name, failure) }
  }
}

async function verifyAll(
  record: ReleaseProgress,
  spec: EnvironmentSpec,
  changes: readonly Change[],
  started: readonly StartedDeployment[],
): Promise<ReleaseFailure | undefined> {
  const revisions = changes.map((change) => change.revision)
  const { timeoutMs, windowMs } = spec.stability
  try {
    const end = await record.step(
      { name: 'verify' },
      () =>
        pollingActivities('verify what runs', timeoutMs + windowMs).verifyRelease({
          spec,
          revisions,
          started,
        }),
      stepEndOf,
    )
    return end.kind === 'succeeded' ? undefined : failureOf('the release', end)
  } catch (failure) {
    return failureFrom('the release', failure)
  }
}

async function rollBackService(
  record: ReleaseProgress,
  spec: EnvironmentSpec,
  service: ServiceSpec,
  inspected: InspectedService,
  started: StartedDeployment | undefined,
): Promise<RolloutEnd> {
  const { timeoutMs } = spec.rollback
  const to = inspected.rollbackTarget
  return record.step(
    { name: 'roll back', subject: service.name },
    () =>
      pollingActivities(`roll back ${service.ecsService}`, timeoutMs).rollBackService({
        spec,
        service,
        to,
        ...(started === undefined ? {} : { started }),
        deadline: Date.now() + timeoutMs,
      }),
    (end) => (end.kind === 'succeeded' ? runsAgain(to.taskDefinition, end.copy) : stepEndOf(end)),
  )
}

function runsAgain(taskDefinition: string, copy: string | undefined): string {
  const was = shortRevision(taskDefinition)
  if (copy === undefined) return `${was} runs again`
  return `${was} was deregistered meanwhile; ${shortRevision(copy)}, a copy of it, runs`
}

function stepEndOf(end: RolloutEnd): StepEnd {
  if (end.kind === 'succeeded') return end.summary
  return { state: 'failed', note: `${end.kind.replace('_', ' ')}: ${end.reason}` }
}
