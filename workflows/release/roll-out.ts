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
import { withoutTasksText } from '../../text/rollout.ts'
import { shortRevision } from '../../text/short.ts'

export type DeployEnd = { readonly kind: 'live' } | CompensationResult

/**
 * Deploys the services one after the other, in the given order, and waits until each is stable and
 * healthy; then verifies all of them together for the stability window. All become live, or none:
 * if one fails or the release is cancelled, all touched services are rolled back in reverse order.
 */
export async function rollOut(
  progress: ReleaseProgress,
  spec: EnvironmentSpec,
  changes: readonly Change[],
  force: boolean,
  tags: MovedTags,
): Promise<DeployEnd> {
  const compensations: Compensation[] = []
  const rollBack = (failure: ReleaseFailure) =>
    compensate(progress, failure, {
      compensations,
      tags,
      retry: retryOnExpiredCredentials(progress, spec),
    })
  const started: StartedDeployment[] = []
  for (const change of changes) {
    const attempt = await deployService(progress, spec, change, force, compensations)
    if ('failure' in attempt) return rollBack(attempt.failure)
    started.push(attempt.started)
  }
  const failure = await verifyAll(progress, spec, changes, started)
  return failure === undefined ? { kind: 'live' } : rollBack(failure)
}

async function deployService(
  progress: ReleaseProgress,
  spec: EnvironmentSpec,
  { service, inspected, revision }: Change,
  force: boolean,
  compensations: Compensation[],
): Promise<{ started: StartedDeployment } | { failure: ReleaseFailure }> {
  const about = { subject: service.name }
  const before = inspected.rollbackTarget
  let ours: StartedDeployment | undefined
  try {
    // The compensation is registered before the step that it undoes, since that step may have acted
    // although it failed.
    compensations.push({
      service: service.name,
      run: () => rollBackService(progress, spec, service, inspected, ours),
    })
    const started = await progress.step(
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
    const end = await progress.step(
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
    return end.kind === 'succeeded' ? { started } : { failure: failureOf(service.name, end) }
  } catch (failure) {
    return { failure: failureFrom(service.name, failure) }
  }
}

async function verifyAll(
  progress: ReleaseProgress,
  spec: EnvironmentSpec,
  changes: readonly Change[],
  started: readonly StartedDeployment[],
): Promise<ReleaseFailure | undefined> {
  const revisions = changes.map((change) => change.revision)
  const { timeoutMs, windowMs } = spec.stability
  try {
    const end = await progress.step(
      { name: 'verify' },
      () =>
        pollingActivities('verify what runs', timeoutMs + windowMs).verifyRelease({
          spec,
          revisions,
          started,
        }),
      stepEndOf,
    )
    if (end.kind !== 'succeeded') return failureOf('the release', end)
    const { withoutTasks = [] } = end
    progress.warn(
      changes
        .filter(({ service }) => withoutTasks.includes(service.name))
        .map(({ service }) => withoutTasksText(spec.cluster, service.ecsService)),
    )
    return undefined
  } catch (failure) {
    return failureFrom('the release', failure)
  }
}

async function rollBackService(
  progress: ReleaseProgress,
  spec: EnvironmentSpec,
  service: ServiceSpec,
  inspected: InspectedService,
  started: StartedDeployment | undefined,
): Promise<RolloutEnd> {
  const { timeoutMs } = spec.rollback
  const to = inspected.rollbackTarget
  return progress.step(
    { name: 'roll back', subject: service.name },
    () =>
      pollingActivities(`roll back ${service.ecsService}`, timeoutMs).rollBackService({
        spec,
        service,
        to,
        ...(started === undefined ? {} : { started }),
        deadline: Date.now() + timeoutMs,
      }),
    (end) => (end.kind === 'succeeded' ? runsAgain(to.taskDefinition, end) : stepEndOf(end)),
  )
}

function runsAgain(
  taskDefinition: string,
  { copy, unproven }: Extract<RolloutEnd, { kind: 'succeeded' }>,
): StepEnd {
  if (unproven !== undefined) {
    return unproven.serving ? { state: 'failed', note: unproven.text } : unproven.text
  }
  const was = shortRevision(taskDefinition)
  if (copy === undefined) return `${was} runs again`
  return `${was} had been deregistered; ${shortRevision(copy)}, a copy of it, runs instead`
}

function stepEndOf(end: RolloutEnd): StepEnd {
  if (end.kind === 'succeeded') return end.summary
  return { state: 'failed', note: `${end.kind.replace('_', ' ')}: ${end.reason}` }
}
