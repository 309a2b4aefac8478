import { CancellationScope } from '@temporalio/workflow'
import type { ServiceTarget, Target } from '../config/target.ts'
import type { Evidence } from '../rollout/failed-tasks.ts'
import type {
  InspectedService,
  Revision,
  RolloutEnd,
  StartedDeployment,
} from '../activities/types.ts'
import { quickly, watching } from './activity-calls.ts'
import { hasType, messageOf, wasCancelled } from './failure.ts'
import type { MovedTags } from './move-tags.ts'
import type { ReleaseRecord, StepEnd } from './release-record.ts'
import { shortRevision } from './words.ts'

/** One service that a release changes: what is there, and what shall be. */
export interface Change {
  readonly service: ServiceTarget
  readonly inspected: InspectedService
  readonly revision: Revision
}

export type RollOutEnd =
  | { readonly kind: 'live' }
  /** Everything touched runs again what ran before. `cancelled`: because a person asked. */
  | {
      readonly kind: 'taken back'
      readonly reason: string
      readonly cause: string
      readonly evidence: Partial<Evidence>
      readonly cancelled: boolean
    }
  /** Somebody else's deployment took the place of ours; that service was left to them. */
  | { readonly kind: 'replaced'; readonly reason: string }
  | {
      readonly kind: 'stuck'
      readonly reason: string
      readonly cause: string
      readonly evidence: Partial<Evidence>
      readonly wayBack: string
    }

interface Compensation {
  readonly about: string
  readonly run: () => Promise<RolloutEnd>
}

/** Why a rollout stops: what the activity saw, or what went wrong on the way. */
interface Trouble {
  readonly service: string
  readonly reason: string
  readonly cause: string
  readonly evidence: Partial<Evidence>
  readonly cancelled: boolean
  readonly replaced: boolean
}

/**
 * Services one after the other in the order given, each waited for until it is stable and healthy;
 * then all of them together for the stability window. All live, or all back: when one fails, or
 * the release is cancelled, everything touched is taken back in reverse order.
 */
export async function rollOut(
  record: ReleaseRecord,
  target: Target,
  changes: readonly Change[],
  force: boolean,
  tags: MovedTags,
): Promise<RollOutEnd> {
  const compensations: Compensation[] = []
  const started: StartedDeployment[] = []
  for (const change of changes) {
    const attempt = await deployService(record, target, change, force, compensations)
    if ('trouble' in attempt) return takeBack(record, attempt.trouble, compensations, tags)
    started.push(attempt.started)
  }
  const trouble = await verifyAll(record, target, changes, started)
  return trouble === undefined ? { kind: 'live' } : takeBack(record, trouble, compensations, tags)
}

async function deployService(
  record: ReleaseRecord,
  target: Target,
  { service, inspected, revision }: Change,
  force: boolean,
  compensations: Compensation[],
): Promise<{ started: StartedDeployment } | { trouble: Trouble }> {
  const about = { subject: service.name }
  const before = inspected.wayBack
  let ours: StartedDeployment | undefined
  try {
    // The way back is registered before the step that it undoes: that step may have acted even
    // though it failed.
    compensations.push({
      about: service.name,
      run: () => rollBackService(record, target, service, inspected, ours),
    })
    const started = await record.step(
      { name: 'deploy', ...about },
      () =>
        quickly(`deploy ${service.service}`).updateService({
          target,
          service,
          revision,
          before,
          force,
        }),
      () => shortRevision(revision.taskDefinition),
    )
    ours = started
    const { timeoutMs } = target.stability
    const end = await record.step(
      { name: 'wait', ...about },
      () =>
        watching(`wait for ${service.service}`, timeoutMs).waitForRollout({
          target,
          service,
          started,
          revision,
          before,
          deadline: Date.now() + timeoutMs,
        }),
      stepEndOf,
    )
    return end.kind === 'succeeded' ? { started } : { trouble: troubleOf(service.name, end) }
  } catch (failure) {
    return { trouble: troubleFrom(service.name, failure) }
  }
}

async function verifyAll(
  record: ReleaseRecord,
  target: Target,
  changes: readonly Change[],
  started: readonly StartedDeployment[],
): Promise<Trouble | undefined> {
  const revisions = changes.map((change) => change.revision)
  const { timeoutMs, windowMs } = target.stability
  try {
    const end = await record.step(
      { name: 'verify' },
      () =>
        watching('verify what runs', timeoutMs + windowMs).verifyRelease({
          target,
          revisions,
          started,
        }),
      stepEndOf,
    )
    return end.kind === 'succeeded' ? undefined : troubleOf('the release', end)
  } catch (failure) {
    return troubleFrom('the release', failure)
  }
}

/**
 * In reverse, going on past one that fails, and not to be cancelled. The moving tags go first,
 * out of order: in `force` mode they are what the tasks of the way back will pull.
 */
async function takeBack(
  record: ReleaseRecord,
  trouble: Trouble,
  compensations: readonly Compensation[],
  tags: MovedTags,
): Promise<RollOutEnd> {
  return CancellationScope.nonCancellable(async () => {
    record.warn(await tags.moveBack())
    const failures: string[] = []
    for (const compensation of compensations.toReversed()) {
      if (trouble.replaced && compensation.about === trouble.service) continue
      const failure = await runCompensation(compensation)
      if (failure !== undefined) failures.push(failure)
    }
    const { reason, cause, evidence, cancelled } = trouble
    if (failures.length > 0) {
      return { kind: 'stuck', reason, cause, evidence, wayBack: failures.join('; ') }
    }
    if (trouble.replaced) return { kind: 'replaced', reason }
    return { kind: 'taken back', reason, cause, evidence, cancelled }
  })
}

async function runCompensation(compensation: Compensation): Promise<string | undefined> {
  try {
    const end = await compensation.run()
    return end.kind === 'succeeded' ? undefined : `${compensation.about}: ${end.reason}`
  } catch (failure) {
    return `${compensation.about}: ${messageOf(failure)}`
  }
}

async function rollBackService(
  record: ReleaseRecord,
  target: Target,
  service: ServiceTarget,
  inspected: InspectedService,
  started: StartedDeployment | undefined,
): Promise<RolloutEnd> {
  const { timeoutMs } = target.rollback
  const to = inspected.wayBack
  return record.step(
    { name: 'roll back', subject: service.name },
    () =>
      watching(`roll back ${service.service}`, timeoutMs).rollBackService({
        target,
        service,
        to,
        ...(started === undefined ? {} : { started }),
        deadline: Date.now() + timeoutMs,
      }),
    (end) =>
      end.kind === 'succeeded' ? `${shortRevision(to.taskDefinition)} runs again` : stepEndOf(end),
  )
}

function troubleOf(service: string, end: Exclude<RolloutEnd, { kind: 'succeeded' }>): Trouble {
  const { failedTasks, unhealthyTargets } = end
  return {
    service,
    reason: `${service}: ${end.reason}`,
    cause: end.cause,
    evidence: {
      ...(failedTasks === undefined ? {} : { failedTasks }),
      ...(unhealthyTargets === undefined ? {} : { unhealthyTargets }),
    },
    cancelled: false,
    replaced: end.kind === 'replaced',
  }
}

function troubleFrom(service: string, failure: unknown): Trouble {
  return {
    service,
    reason: `${service}: ${messageOf(failure)}`,
    cause: '',
    evidence: {},
    cancelled: wasCancelled(failure),
    replaced: hasType(failure, 'Conflict'),
  }
}

function stepEndOf(end: RolloutEnd): StepEnd {
  if (end.kind === 'succeeded') return end.summary
  return { state: 'failed', note: `${end.kind.replace('_', ' ')}: ${end.reason}` }
}
