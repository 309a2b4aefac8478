import type { Task } from '@aws-sdk/client-ecs'
import type { ObservedTask } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { observedTask } from '../ecs/tasks.ts'
import type { RateLimiter, When } from './rate-limiter.ts'
import { createBatcher, type Batcher } from './batcher.ts'
import { describeTasks, listTasks, tasksAPage } from './page-tasks.ts'
import { createSingleCalls, type SingleCalls } from './single-calls.ts'

/** The tasks of the services of one cluster. */
export interface ClusterTasks {
  /** Those that should run. */
  running(service: string, when: When): Promise<readonly ObservedTask[]>
  /** Up to 100 that should not: they drain, or have stopped within the last hour. */
  stopped(service: string, when: When): Promise<readonly ObservedTask[]>
}

interface Cluster {
  readonly clients: AwsClients
  readonly name: string
  readonly gate: RateLimiter
  readonly inTurn: SingleCalls
  readonly describe: Batcher<Task | undefined>
  /** What never changes of a task once it is known: whose it is, and how it ended. */
  readonly known: Map<string, { readonly group: string; readonly ended?: Task }>
}

const mostKnown = 50_000

/**
 * Asks ECS for the tasks of one service where few ask, and lists those of the whole cluster where
 * that takes fewer calls: a page holds 100 tasks, whosever they are.
 */
export function createClusterTasks(
  clients: AwsClients,
  name: string,
  gate: RateLimiter,
): ClusterTasks {
  const describe = createBatcher<Task | undefined>({
    gate,
    batch: () => tasksAPage,
    send: (arns, signal) => describeTasks(clients, name, arns, signal),
  })
  const inTurn = createSingleCalls(gate)
  const cluster: Cluster = { clients, name, gate, inTurn, describe, known: new Map() }
  const running = createLists(cluster, 'RUNNING')
  const stopped = createLists(cluster, 'STOPPED')
  return {
    running: (service, when) => tasksOn(cluster, running.ask(service, when), when),
    stopped: (service, when) => tasksOn(cluster, stopped.ask(service, when), when),
  }
}

async function tasksOn(cluster: Cluster, list: Promise<Listed>, when: When) {
  const { arns, seen } = await list
  const tasks = await Promise.all(
    arns.map(async (arn) => seen.get(arn) ?? (await taskAt(cluster, arn, when))),
  )
  return tasks.flatMap((task) => (task === undefined ? [] : [observedTask(task)]))
}

/** A task that has ended stays as it is, so it is asked for once. */
async function taskAt(cluster: Cluster, arn: string, when: When): Promise<Task | undefined> {
  const ended = cluster.known.get(arn)?.ended
  if (ended !== undefined) return ended
  const task = await cluster.describe.ask(arn, when)
  if (task !== undefined) remember(cluster, arn, task)
  return task
}

function remember({ known }: Cluster, arn: string, task: Task): void {
  if (known.size >= mostKnown) known.clear()
  const { group = '', lastStatus } = task
  known.set(arn, { group, ...(lastStatus === 'STOPPED' ? { ended: task } : {}) })
}

interface Listed {
  readonly arns: readonly string[]
  /** Those that had to be looked at to know whose they are. */
  readonly seen: ReadonlyMap<string, Task | undefined>
}

function createLists(cluster: Cluster, desiredStatus: 'RUNNING' | 'STOPPED'): Batcher<Listed> {
  /** Pages that the whole cluster has, as far as is known. */
  let pages = 1
  return createBatcher<Listed>({
    gate: cluster.gate,
    // To list everything takes a call a page; one by one, a call a service.
    batch: (waiting) => (waiting > pages ? waiting : 1),
    oneBatchAtATime: true,
    async send(services, signal) {
      const [service = ''] = services
      if (services.length === 1) {
        const arns = await listService(cluster, { service, desiredStatus }, signal)
        return () => ({ arns, seen: nothingSeen })
      }
      const listed = await listAll(cluster, desiredStatus, { most: services.length, signal })
      pages = listed.pages
      if (!listed.complete) return 'ask again'
      const { arns, seen } = listed
      const byGroup = Map.groupBy(arns, (arn) => cluster.known.get(arn)?.group)
      return (name) => ({ arns: byGroup.get(`service:${name}`) ?? [], seen })
    },
  })
}

const nothingSeen: Listed['seen'] = new Map()

/** All that should run; of the others the first page. */
async function listService(
  { clients, name, inTurn }: Cluster,
  which: { readonly service: string; readonly desiredStatus: 'RUNNING' | 'STOPPED' },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const page = { cluster: name, ...which }
  let { arns, nextToken } = await listTasks(clients, page, signal)
  while (nextToken !== undefined && which.desiredStatus === 'RUNNING') {
    const token = nextToken
    const next = await inTurn({ due: 0, signal }, () =>
      listTasks(clients, { ...page, nextToken: token }, signal),
    )
    arns = [...arns, ...next.arns]
    nextToken = next.nextToken
  }
  return arns
}

/** Every task of the cluster and whose it is; given up where it has more than `most` pages. */
async function listAll(
  cluster: Cluster,
  desiredStatus: 'RUNNING' | 'STOPPED',
  { most, signal }: { readonly most: number; readonly signal: AbortSignal },
): Promise<Listed & { readonly pages: number; readonly complete: boolean }> {
  const { clients, name, inTurn, known } = cluster
  const when = { due: 0, signal }
  let page = await listTasks(clients, { cluster: name, desiredStatus }, signal)
  let { arns } = page
  let pages = 1
  while (page.nextToken !== undefined) {
    if (pages >= most) return { arns, seen: nothingSeen, pages: pages + 1, complete: false }
    const { nextToken } = page
    page = await inTurn(when, () =>
      listTasks(clients, { cluster: name, desiredStatus, nextToken }, signal),
    )
    arns = [...arns, ...page.arns]
    pages += 1
  }
  const strangers = arns.filter((arn) => !known.has(arn))
  const tasks = await Promise.all(strangers.map((arn) => taskAt(cluster, arn, when)))
  const seen = new Map(strangers.map((arn, index) => [arn, tasks[index]]))
  return { arns, seen, pages, complete: true }
}
