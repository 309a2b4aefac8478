import type {
  ObservedService,
  ObservedServiceDeployment,
  ObservedTarget,
  ObservedTask,
  Observation,
} from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { observedService } from '../ecs/observe.ts'
import { createBucket } from './bucket.ts'
import { machineClock, type PollingClock } from './clock.ts'
import { createClusters } from './clusters.ts'
import { createDeployments } from './deployments.ts'
import { defaultShare, limits, type LimitName } from './limits.ts'
import { createRateLimiter, type RateLimiter, type RequestTiming } from './rate-limiter.ts'
import { readOr, readPart, type Part } from './read-part.ts'
import { createTargetHealth } from './target-health.ts'

/** The service to poll. */
export interface PollTarget {
  readonly cluster: string
  /** ECS's name of the service. */
  readonly service: string
  /** Absent for a deployment without a known service deployment record. */
  readonly serviceDeploymentArn?: string | undefined
  /**
   * Tasks, targets and records that AWS does not give (gone, denied, refused) are noted as `unreadable`
   * instead of failing the poll. For rollbacks, which must not end for want of evidence.
   */
  readonly mayLackEvidence?: boolean | undefined
}

export interface PolledRollout {
  readonly service: ObservedService
  readonly record: ObservedServiceDeployment
}

/**
 * Polls services for everything that waits in one account and region. Each request says when it is
 * due; requests that are due share as few calls as ECS allows, within the throttle buckets, the
 * longest due first. A cancelled request costs no call.
 *
 * Requests reject with the AWS SDK's errors, with `PreconditionFailed` if the cluster does not exist,
 * and with the signal's reason when the signal is aborted. An error fails only the requests that
 * caused it.
 */
export interface Poller {
  readonly clock: PollingClock
  /** The service alone. Costs a tenth of a call. */
  service(target: PollTarget, timing: RequestTiming): Promise<ObservedService>
  /**
   * The record of a service deployment, without the fields of its service revision. Costs a
   * twentieth of a call. `unavailable` if the endpoint lacks such records, or if the worker may not
   * read this one.
   */
  record(arn: string, timing: RequestTiming): Promise<ObservedServiceDeployment | 'unavailable'>
  /** Up to 100 tasks that should not run: they drain, or have stopped within the last hour. */
  stoppedTasks(target: PollTarget, timing: RequestTiming): Promise<readonly ObservedTask[]>
  /**
   * Confirms a snapshot whose record says that the rollout has ended: polls the service again, its
   * tasks and its targets. Includes stopped tasks only if ECS may have left some draining.
   */
  confirm(target: PollTarget, snapshot: PolledRollout, timing: RequestTiming): Promise<Observation>
  /** Everything: service, records, tasks and targets. */
  observe(target: PollTarget, timing: RequestTiming): Promise<Observation>
}

export interface PollerOptions {
  /** Default: the machine's clock. */
  readonly clock?: PollingClock
  /** The share of each throttle bucket to use, above 0 and up to 1. Default: 0.8. */
  readonly share?: number
}

export function createPoller(given: AwsClients, options: PollerOptions = {}): Poller {
  const { clock = machineClock, share = defaultShare } = options
  // Without the SDK's own retries, which the rate limiter would not count.
  const clients = { ...given, ecs: given.ecsOnce }
  const limiterFor = (name: LimitName): RateLimiter =>
    createRateLimiter(createBucket(limits[name], share), clock)
  const clusters = createClusters(clients, {
    services: limiterFor('services'),
    tasks: limiterFor('tasks'),
  })
  const deployments = createDeployments(clients, limiterFor('deployments'))
  const targetHealth = createTargetHealth(clients, limiterFor('targets'))

  const pollService = async ({ cluster, service }: PollTarget, timing: RequestTiming) =>
    observedService(await clusters(cluster).services.request(service, timing))

  const pollTasks = async (
    { cluster, service }: PollTarget,
    which: 'running' | 'all',
    timing: RequestTiming,
  ) => {
    const { tasks } = clusters(cluster)
    const requests = [tasks.running(service, timing)]
    if (which === 'all') requests.push(tasks.stopped(service, timing))
    return (await Promise.all(requests)).flat()
  }

  const readTasks = (target: PollTarget, which: 'running' | 'all', timing: RequestTiming) =>
    readPart(pollTasks(target, which, timing), { target, timing }, (reason) => ({
      what: 'tasks',
      reason,
    }))

  /** Group by group: one that is gone hides nothing about the others. */
  const readTargets = async (
    target: PollTarget,
    groupArns: readonly string[],
    timing: RequestTiming,
  ): Promise<Part<ObservedTarget>> => {
    const groups = await Promise.all(
      groupArns.map((targetGroupArn) =>
        readPart(targetHealth([targetGroupArn], timing), { target, timing }, (reason) => ({
          what: 'targets',
          targetGroupArn,
          reason,
        })),
      ),
    )
    return {
      read: groups.flatMap(({ read }) => read),
      unreadable: groups.flatMap(({ unreadable }) => unreadable),
    }
  }

  const evidence = (tasks: Part<ObservedTask>, targets: Part<ObservedTarget>) => {
    const unreadable = [...tasks.unreadable, ...targets.unreadable]
    return {
      observedAt: clock.now(),
      tasks: tasks.read,
      targets: targets.read,
      ...(unreadable.length === 0 ? {} : { unreadable }),
    }
  }

  return {
    clock,
    service: pollService,
    record: (arn, timing) => deployments.record(arn, timing),
    stoppedTasks: async (target, timing) => {
      const { cluster, service } = target
      const stopped = clusters(cluster).tasks.stopped(service, timing)
      return (await readOr(stopped, { target, timing })) ?? []
    },
    async confirm(target, snapshot, timing) {
      const [service, tasks, targets] = await Promise.all([
        pollService(target, timing),
        readTasks(target, snapshot.record.endsDrained === true ? 'running' : 'all', timing),
        readTargets(target, snapshot.service.targetGroupArns, timing),
      ])
      const record = tasks.read.some(lacksDigest)
        ? await readOr(deployments.withDigests(snapshot.record, timing), { target, timing })
        : undefined
      return {
        ...evidence(tasks, targets),
        service,
        serviceDeployments: [record ?? snapshot.record],
      }
    },
    async observe(target, timing) {
      const service = await pollService(target, timing)
      if (service.status !== 'ACTIVE') return { ...nothing, observedAt: clock.now(), service }
      const { cluster, service: name, serviceDeploymentArn: also } = target
      const [tasks, targets, serviceDeployments] = await Promise.all([
        readTasks(target, 'all', timing),
        readTargets(target, service.targetGroupArns, timing),
        readOr(deployments.newest({ cluster, service: name, also }, timing), { target, timing }),
      ])
      return {
        ...evidence(tasks, targets),
        service,
        serviceDeployments: serviceDeployments ?? 'unavailable',
      }
    },
  }
}

const nothing = { serviceDeployments: 'unavailable', tasks: [], targets: [] } as const

/** Whether only the service revision can tell which image a task runs. */
function lacksDigest({ containers, desiredStatus }: ObservedTask): boolean {
  if (desiredStatus !== 'RUNNING') return false
  return containers.some(({ image, imageDigest }) => imageDigest === '' && !image.includes('@'))
}

const pollers = new WeakMap<AwsClients, Poller>()

/** The poller of an account and region, shared by everything that waits with the same clients. */
export function pollerOf(clients: AwsClients): Poller {
  const poller = pollers.get(clients) ?? createPoller(clients)
  pollers.set(clients, poller)
  return poller
}
