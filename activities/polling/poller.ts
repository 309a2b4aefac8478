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
import { createRateLimiter, type RateLimiter, type When } from './rate-limiter.ts'
import { defaultShare, limits, type LimitName } from './limits.ts'
import { createTargetHealth } from './target-health.ts'

/** What a look is about. */
export interface PollTarget {
  readonly cluster: string
  /** What ECS calls the service. */
  readonly service: string
  /** Absent for a deployment that has no record, or whose record is not known. */
  readonly serviceDeploymentArn?: string | undefined
}

export interface PolledRollout {
  readonly service: ObservedService
  readonly record: ObservedServiceDeployment
}

/**
 * Looks at services for all who wait in one account and region. Every look says when it is due;
 * those that are due go together in as few calls as ECS allows, within the throttle buckets, the
 * longest due first. A look that nobody waits for any more costs nothing.
 *
 * Looks reject with the AWS SDK's errors, `PreconditionFailed` where the cluster is gone, and the signal's
 * reason once that is aborted. An error reaches only those whose own call it was.
 */
export interface Poller {
  readonly clock: PollingClock
  /** The service alone: a tenth of a call. */
  service(what: PollTarget, when: When): Promise<ObservedService>
  /**
   * The record of a service deployment, without what its revision holds: a twentieth of a call.
   * `unavailable` where the endpoint lacks such records, or does not let us see this one.
   */
  record(arn: string, when: When): Promise<ObservedServiceDeployment | 'unavailable'>
  /** Up to 100 tasks that should not run: they drain, or have stopped within the last hour. */
  stoppedTasks(what: PollTarget, when: When): Promise<readonly ObservedTask[]>
  /**
   * Whatever bears out a snapshot at which the record said that all is done: the service again, its
   * tasks, and its targets. Tasks that should not run only where ECS may have left some draining.
   */
  confirm(what: PollTarget, snapshot: PolledRollout, when: When): Promise<Observation>
  /** All there is to see. */
  observe(what: PollTarget, when: When): Promise<Observation>
}

export interface PollerOptions {
  /** Default: the machine's. */
  readonly clock?: PollingClock
  /** How much of each throttle bucket it may spend, above 0 and up to 1. Default 0.8. */
  readonly share?: number
}

export function createPoller(given: AwsClients, options: PollerOptions = {}): Poller {
  const { clock = machineClock, share = defaultShare } = options
  // Without the SDK's own retries, which would spend what nobody has counted.
  const clients = { ...given, ecs: given.ecsOnce }
  const gateOf = (name: LimitName): RateLimiter =>
    createRateLimiter(createBucket(limits[name], share), clock)
  const clusters = createClusters(clients, {
    services: gateOf('services'),
    tasks: gateOf('tasks'),
  })
  const deployments = createDeployments(clients, gateOf('deployments'))
  const targetHealth = createTargetHealth(clients, gateOf('targets'))

  const serviceOf = async ({ cluster, service }: PollTarget, when: When) =>
    observedService(await clusters(cluster).services.ask(service, when))

  const tasksOf = async (
    { cluster, service }: PollTarget,
    which: 'running' | 'all',
    when: When,
  ) => {
    const { tasks } = clusters(cluster)
    const asked = [tasks.running(service, when)]
    if (which === 'all') asked.push(tasks.stopped(service, when))
    return (await Promise.all(asked)).flat()
  }

  return {
    clock,
    service: serviceOf,
    record: (arn, when) => deployments.record(arn, when),
    stoppedTasks: ({ cluster, service }, when) => clusters(cluster).tasks.stopped(service, when),
    async confirm(what, snapshot, when) {
      const [service, tasks, targets] = await Promise.all([
        serviceOf(what, when),
        tasksOf(what, snapshot.record.endsDrained === true ? 'running' : 'all', when),
        targetHealth(snapshot.service.targetGroupArns, when),
      ])
      const silent = tasks.some(tellsNoDigest)
      const record = silent ? await deployments.withDigests(snapshot.record, when) : snapshot.record
      return { observedAt: clock.now(), service, tasks, targets, serviceDeployments: [record] }
    },
    async observe(what, when) {
      const service = await serviceOf(what, when)
      if (service.status !== 'ACTIVE') return { ...nothing, observedAt: clock.now(), service }
      const { cluster, service: name, serviceDeploymentArn: also } = what
      const [tasks, targets, serviceDeployments] = await Promise.all([
        tasksOf(what, 'all', when),
        targetHealth(service.targetGroupArns, when),
        deployments.newest({ cluster, service: name, also }, when),
      ])
      return { observedAt: clock.now(), service, tasks, targets, serviceDeployments }
    },
  }
}

const nothing = { serviceDeployments: 'unavailable', tasks: [], targets: [] } as const

/** Whether only the service revision can say which image a task runs. */
function tellsNoDigest({ containers, desiredStatus }: ObservedTask): boolean {
  if (desiredStatus !== 'RUNNING') return false
  return containers.some(({ image, imageDigest }) => imageDigest === '' && !image.includes('@'))
}

const pollers = new WeakMap<AwsClients, Poller>()

/** The one poller of an account and region, shared by everything that waits with the same clients. */
export function pollerOf(clients: AwsClients): Poller {
  const poller = pollers.get(clients) ?? createPoller(clients)
  pollers.set(clients, poller)
  return poller
}
