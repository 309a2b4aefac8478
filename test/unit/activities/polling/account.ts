import type { AwsClients } from '../../../../activities/aws/clients.ts'
import { limits } from '../../../../activities/polling/limits.ts'
import type { ManualClock } from '../../../../simulator/clock/index.ts'
import { digestB } from '../../environment-specs.ts'
import { deployment, revision, service, task } from '../ecs-answers.ts'
import { awsError, fakeAws } from '../fake-aws.ts'

/** A rollout in a fake account that runs on a manual clock. */
export interface Rollout {
  readonly cluster: string
  readonly service: string
  /** Milliseconds since the epoch. */
  readonly startsAt: number
  readonly endsAt: number
  /** From then on all its tasks run. Default: half way. */
  readonly runsAt?: number
}

export interface Account {
  readonly clients: AwsClients
  /** Every call so far, with its time and the list in its input, if any. */
  readonly calls: readonly {
    readonly operation: string
    readonly at: number
    readonly about: readonly string[]
  }[]
  /** Called before each response; whatever it throws is thrown in place of the response. */
  intercept(callback: (operation: string, input: Record<string, unknown>) => void): void
}

export const arnOf = ({ cluster, service: name }: Rollout) =>
  `arn:aws:ecs:eu-west-1:123456789012:service-deployment/${cluster}/${name}/1`

export interface AccountOptions {
  /** Tasks that each cluster runs in addition to those of the rollouts. */
  readonly otherTasks?: number
}

/** A fake ECS with many rollouts of one task each, which end by the clock. */
export function accountOf(
  clock: ManualClock,
  rollouts: readonly Rollout[],
  { otherTasks = 0 }: AccountOptions = {},
): Account {
  const byArn = new Map(rollouts.map((rollout) => [arnOf(rollout), rollout]))
  const byName = new Map(rollouts.map((rollout) => [nameOf(rollout), rollout]))
  const calls: { operation: string; at: number; about: readonly string[] }[] = []
  let interceptor: Parameters<Account['intercept']>[0] | undefined

  const answer =
    (operation: string, give: (input: Record<string, unknown>) => object) =>
    (input: Record<string, unknown>) => {
      const about = Object.values(input).find(isList) ?? []
      calls.push({ operation, at: clock.now(), about })
      interceptor?.(operation, input)
      return give(input)
    }
  const named = (cluster: unknown, name: unknown) =>
    byName.get(`${String(cluster)}/${String(name)}`)
  const arnsOfTasks = (cluster: string) => [
    ...rollouts.filter((one) => one.cluster === cluster).map(taskArn),
    ...Array.from({ length: otherTasks }, (_, index) => `task/${cluster}/other/${index}`),
  ]
  const answers = {
    DescribeServices: ({ cluster, services }: Record<string, unknown>) => ({
      services: (services as string[]).flatMap((name) => {
        const rollout = named(cluster, name)
        return rollout === undefined ? [] : [serviceAt(rollout, clock.now())]
      }),
    }),
    DescribeServiceDeployments: ({ serviceDeploymentArns }: Record<string, unknown>) => ({
      serviceDeployments: (serviceDeploymentArns as string[]).flatMap((arn) => {
        const rollout = byArn.get(arn)
        return rollout === undefined ? [] : [recordAt(rollout, clock.now())]
      }),
    }),
    ListServiceDeployments: ({ cluster, service: name }: Record<string, unknown>) => {
      const rollout = named(cluster, name)
      return { serviceDeployments: rollout ? [recordAt(rollout, clock.now())] : [] }
    },
    DescribeServiceRevisions: ({ serviceRevisionArns }: Record<string, unknown>) => ({
      serviceRevisions: (serviceRevisionArns as string[]).map((serviceRevisionArn) => ({
        serviceRevisionArn,
        taskDefinition: revision(2),
      })),
    }),
    ListTasks: ({ cluster, serviceName, desiredStatus, nextToken }: Record<string, unknown>) => {
      if (desiredStatus === 'STOPPED') return { taskArns: [] }
      const rollout = named(cluster, serviceName)
      if (serviceName !== undefined) return { taskArns: rollout ? [taskArn(rollout)] : [] }
      const from = Number(nextToken ?? 0)
      const all = arnsOfTasks(String(cluster))
      return {
        taskArns: all.slice(from, from + 100),
        ...(from + 100 < all.length ? { nextToken: String(from + 100) } : {}),
      }
    },
    DescribeTasks: ({ tasks }: Record<string, unknown>) => ({
      tasks: (tasks as string[]).map((arn) => {
        const [, , name = ''] = arn.split('/')
        return {
          ...task({ taskArn: arn, taskDefinitionArn: revision(2), startedBy: 'ecs-svc/2' }),
          group: `service:${name}`,
          containers: [{ name: 'api', imageDigest: digestB }],
        }
      }),
    }),
  }
  const { clients } = fakeAws(
    Object.fromEntries(Object.entries(answers).map(([name, give]) => [name, answer(name, give)])),
  )
  return {
    clients,
    calls,
    intercept(callback) {
      interceptor = callback
    },
  }
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value)
}

const nameOf = ({ cluster, service: name }: Rollout) => `${cluster}/${name}`
const taskArn = ({ cluster, service: name }: Rollout) => `task/${cluster}/${name}`

function hasTasks({ startsAt, endsAt, runsAt = (startsAt + endsAt) / 2 }: Rollout, now: number) {
  return now >= runsAt
}

function serviceAt(rollout: Rollout, now: number) {
  return service({
    serviceName: rollout.service,
    runningCount: hasTasks(rollout, now) ? 1 : 0,
    deployments: [
      deployment({
        id: 'ecs-svc/2',
        taskDefinition: revision(2),
        rolloutState: now >= rollout.endsAt ? 'COMPLETED' : 'IN_PROGRESS',
        runningCount: hasTasks(rollout, now) ? 1 : 0,
      }),
    ],
  })
}

function recordAt(rollout: Rollout, now: number) {
  return {
    serviceDeploymentArn: arnOf(rollout),
    status: now >= rollout.endsAt ? 'SUCCESSFUL' : 'IN_PROGRESS',
    createdAt: new Date(rollout.startsAt),
    deploymentConfiguration: { strategy: 'ROLLING' },
    targetServiceRevision: {
      arn: `revision/${rollout.service}`,
      requestedTaskCount: 1,
      runningTaskCount: hasTasks(rollout, now) ? 1 : 0,
      pendingTaskCount: 0,
    },
  }
}

const groups: Readonly<Record<string, keyof typeof limits>> = {
  DescribeServices: 'services',
  DescribeServiceDeployments: 'deployments',
  ListServiceDeployments: 'deployments',
  DescribeServiceRevisions: 'deployments',
  ListTasks: 'tasks',
  DescribeTasks: 'tasks',
}

/** By how many calls a bucket was overdrawn at most, if only `share` of it may be used. */
export function overdraft({ calls }: Account, share: number): number {
  let worst = 0
  const left = new Map<string, { tokens: number; at: number }>()
  for (const { operation, at } of calls) {
    const group = groups[operation]
    if (group === undefined) continue
    const { burst, perSecond } = limits[group]
    const before = left.get(group) ?? { tokens: burst * share, at }
    const refilled = before.tokens + ((at - before.at) / 1_000) * perSecond * share
    const tokens = Math.min(burst * share, refilled) - 1
    left.set(group, { tokens, at })
    worst = Math.max(worst, -tokens)
  }
  return worst
}

export const throttled = () => awsError('ThrottlingException', 'Rate exceeded')
