import type {
  ObservedService,
  ObservedServiceDeployment,
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
import { createTargetHealth } from './target-health.ts'

/** The service to poll. */
export interface PollTarget {
  readonly cluster: string
  /** ECS's name of the service. */
  readonly service: string
  /** Absent for a deployment without a known service deployment record. */
  readonly serviceDeploymentArn?: string | undefined
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

  return {
    clock,
    service: pollService,
    record: (arn, timing) => deployments.record(arn, timing),
    stoppedTasks: ({ cluster, service }, timing) =>
      clusters(cluster).tasks.stopped(service, timing),
    async confirm(target, snapshot, timing) {
      const [service, tasks, targets] = await Promise.all([
        pollService(target, timing),
        pollTasks(target, snapshot.record.endsDrained === true ? 'running' : 'all', timing),
        targetHealth(snapshot.service.targetGroupArns, timing),
      ])
      const record = tasks.some(lacksDigest)
        ? await deployments.withDigests(snapshot.record, timing)
        : snapshot.record
      return { observedAt: clock.now(), service, tasks, targets, serviceDeployments: [record] }
    },
    async observe(target, timing) {
      const service = await pollService(target, timing)
      if (service.status !== 'ACTIVE') return { ...nothing, observedAt: clock.now(), service }
      const { cluster, service: name, serviceDeploymentArn: also } = target
      const [tasks, targets, serviceDeployments] = await Promise.all([
        pollTasks(target, 'all', timing),
        targetHealth(service.targetGroupArns, timing),
        deployments.newest({ cluster, service: name, also }, timing),
      ])
      return { observedAt: clock.now(), service, tasks, targets, serviceDeployments }
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
