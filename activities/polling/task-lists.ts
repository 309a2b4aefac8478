import type { Task } from '@aws-sdk/client-ecs'
import type { AwsClients } from '../aws/clients.ts'
import { listTasks } from '../ecs/task-pages.ts'
import { createBatcher, type Batcher } from './batcher.ts'
import type { KnownTasks } from './known-tasks.ts'
import type { RateLimiter } from './rate-limiter.ts'
import type { SingleCalls } from './single-calls.ts'

/** The tasks of one service. */
export interface TaskList {
  readonly arns: readonly string[]
  /** Tasks that had to be described to learn which service they belong to. */
  readonly described: ReadonlyMap<string, Task | undefined>
}

export interface TaskListOptions {
  readonly clients: AwsClients
  readonly cluster: string
  readonly limiter: RateLimiter
  readonly singleCalls: SingleCalls
  readonly tasks: KnownTasks
}

type DesiredStatus = 'RUNNING' | 'STOPPED'

/**
 * Lists the tasks of services: service by service while few services are requested, and the whole
 * cluster at once when that takes fewer calls.
 */
export function createTaskLists(
  options: TaskListOptions,
  desiredStatus: DesiredStatus,
): Batcher<TaskList> {
  /** How many pages the whole cluster has, as far as is known. */
  let pages = 1
  return createBatcher<TaskList>({
    limiter: options.limiter,
    // Listing the cluster takes one call for each page; otherwise it is one for each service.
    batchSize: (waiting) => (waiting > pages ? waiting : 1),
    oneBatchAtATime: true,
    async send(services, signal) {
      const [service = ''] = services
      if (services.length === 1) {
        const arns = await listService(options, { service, desiredStatus }, signal)
        return () => ({ arns, described: noneDescribed })
      }
      const limits = { maxPages: services.length, signal }
      const cluster = await listCluster(options, desiredStatus, limits)
      pages = cluster.pages
      if (!cluster.complete) return 'retry'
      const { arns, described } = cluster
      const byGroup = Map.groupBy(arns, (arn) => options.tasks.groupOf(arn))
      return (name) => ({ arns: byGroup.get(`service:${name}`) ?? [], described })
    },
  })
}

const noneDescribed: TaskList['described'] = new Map()

/** All tasks that should run; of the others, only the first page. */
async function listService(
  { clients, cluster, singleCalls }: TaskListOptions,
  which: { readonly service: string; readonly desiredStatus: DesiredStatus },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const page = { cluster, ...which }
  let { arns, nextToken } = await listTasks(clients, page, signal)
  while (nextToken !== undefined && which.desiredStatus === 'RUNNING') {
    const token = nextToken
    const next = await singleCalls({ due: 0, signal }, () =>
      listTasks(clients, { ...page, nextToken: token }, signal),
    )
    arns = [...arns, ...next.arns]
    nextToken = next.nextToken
  }
  return arns
}

/** Every task of the cluster. Incomplete if the cluster has more than `maxPages` pages. */
async function listCluster(
  { clients, cluster, singleCalls, tasks }: TaskListOptions,
  desiredStatus: DesiredStatus,
  { maxPages, signal }: { readonly maxPages: number; readonly signal: AbortSignal },
): Promise<TaskList & { readonly pages: number; readonly complete: boolean }> {
  const timing = { due: 0, signal }
  let page = await listTasks(clients, { cluster, desiredStatus }, signal)
  let { arns } = page
  let pages = 1
  while (page.nextToken !== undefined) {
    if (pages >= maxPages) {
      return { arns, described: noneDescribed, pages: pages + 1, complete: false }
    }
    const { nextToken } = page
    page = await singleCalls(timing, () =>
      listTasks(clients, { cluster, desiredStatus, nextToken }, signal),
    )
    arns = [...arns, ...page.arns]
    pages += 1
  }
  const unknown = arns.filter((arn) => !tasks.has(arn))
  const described = await Promise.all(unknown.map((arn) => tasks.describe(arn, timing)))
  const byArn = new Map(unknown.map((arn, index) => [arn, described[index]]))
  return { arns, described: byArn, pages, complete: true }
}
