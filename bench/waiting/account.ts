import { fastTimings } from '../../simulator/ecs/timings.ts'
import { ecsOperations } from '../../simulator/ecs/index.ts'
import { realClock } from '../../simulator/clock/index.ts'
import type { ThrottleKind } from '../../simulator/http/throttle.ts'
import { scriptedRuntime } from '../../simulator/runtime/scripted.ts'
import { startSimulator } from '../../simulator/start.ts'

/** What the account is told, and answers: a process of its own, so that it takes nobody's time. */
export type Ask =
  | {
      readonly kind: 'open'
      readonly services: number
      readonly throttle: ThrottleKind
      /** The quickest rollout takes this long, and the slowest that much longer. Milliseconds. */
      readonly shortestMs: number
      readonly spreadMs: number
    }
  /** Deploys to every service at once, past the throttle: AWS would take 5 of them a second. */
  | { readonly kind: 'deploy' }
  /** When each rollout has truly ended. */
  | { readonly kind: 'ends' }

export type Answer =
  | { readonly kind: 'open'; readonly url: string }
  | { readonly kind: 'deployed'; readonly rollouts: readonly Rollout[] }
  | { readonly kind: 'ends'; readonly ends: Readonly<Record<string, number>> }

export interface Rollout {
  readonly service: string
  readonly taskDefinition: string
  readonly deploymentId: string
  readonly serviceDeploymentArn: string
}

export const cluster = 'bench'
export const digest = `sha256:${'2'.repeat(64)}`

/** From the tasks' start to the record's end without the pull: start, settle, stop, complete. */
const restOfRolloutMs = 10_000
const timings = { ...fastTimings, settle: 5_000, complete: 3_000 }

async function open({ services, throttle, shortestMs, spreadMs }: Extract<Ask, { kind: 'open' }>) {
  const pullMs = (service: string) => {
    // Spreads any number of rollouts evenly over the time, in no order.
    const place = (Number(service.split('-').at(-1)) * 0.618_033_988_75) % 1
    return Math.max(100, shortestMs + place * spreadMs - restOfRolloutMs)
  }
  const simulator = await startSimulator({
    throttle,
    timings,
    runtime: scriptedRuntime({
      clock: realClock(),
      behave: ({ service, taskDefinition }) => ({
        pullMs: taskDefinition.endsWith(':1') ? 100 : pullMs(service),
      }),
    }),
  })
  const { engine } = simulator
  const operations = ecsOperations(engine)
  const call = (operation: string, input: object): unknown =>
    operations[operation]?.({
      service: 'ECS',
      operation,
      input: { ...input },
      region: 'us-east-1',
      accessKeyId: 'bench',
    })
  const register = (digit: string) =>
    call('RegisterTaskDefinition', {
      family: 'app',
      containerDefinitions: [
        { name: 'app', image: `host/app@sha256:${digit.repeat(64)}`, memory: 64, essential: true },
      ],
    })
  const names = Array.from({ length: services }, (_, index) => `service-${index}`)
  const records = () => Object.values(engine.world.serviceDeployments)

  call('CreateCluster', { clusterName: cluster })
  register('1')
  for (const serviceName of names) {
    call('CreateService', { cluster, serviceName, taskDefinition: 'app:1', desiredCount: 1 })
  }
  while (records().some(({ finishedAt }) => finishedAt === undefined)) await aMoment()
  register('2')

  return {
    url: simulator.url,
    deploy: (): Rollout[] => {
      const before = new Set(records().map(({ arn }) => arn))
      for (const service of names) {
        call('UpdateService', { cluster, service, taskDefinition: 'app:2' })
      }
      return records()
        .filter(({ arn }) => !before.has(arn))
        .map(({ arn, service }) => {
          const record = engine.world.services[service]
          return {
            service: record?.name ?? '',
            taskDefinition: record?.taskDefinition ?? '',
            deploymentId: record?.deployments[0]?.id ?? '',
            serviceDeploymentArn: arn,
          }
        })
    },
    ends: () => Object.fromEntries(records().map(({ arn, finishedAt = 0 }) => [arn, finishedAt])),
  }
}

function aMoment(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 100)
  })
}

let account: Awaited<ReturnType<typeof open>> | undefined

async function answer(ask: Ask): Promise<Answer> {
  if (ask.kind === 'open') {
    account = await open(ask)
    return { kind: 'open', url: account.url }
  }
  if (account === undefined) throw new Error('The account is not open yet.')
  return ask.kind === 'deploy'
    ? { kind: 'deployed', rollouts: account.deploy() }
    : { kind: 'ends', ends: account.ends() }
}

process.on('message', (ask: Ask) => {
  answer(ask).then(
    (told) => process.send?.(told),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
