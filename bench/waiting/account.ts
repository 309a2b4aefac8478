import { awsTimings, fastTimings } from '../../simulator/ecs/timings.ts'
import { ecsOperations } from '../../simulator/ecs/index.ts'
import { elbOperations } from '../../simulator/elb/operations.ts'
import type { ThrottleKind } from '../../simulator/http/throttle.ts'
import { scriptedRuntime } from '../../simulator/runtime/scripted.ts'
import { startSimulator } from '../../simulator/start.ts'
import { behaviourOf, characterOf, jitter } from './character.ts'
import { cluster, digestOf, history, newest } from './cluster.ts'
import { playedClocks } from './played-clock.ts'

/** Requests to the accounts' process: a separate one, to take no time from the waiters. */
export type AccountRequest =
  | {
      readonly kind: 'open'
      /** The number of accounts, and of services in each. */
      readonly accounts: number
      readonly services: number
      readonly throttle: ThrottleKind
      /** `usual`: as on ECS, after earlier deployments; `endless`: none ever ends. */
      readonly rollouts: 'usual' | 'endless'
    }
  /** Deploys to every service at once, unthrottled: AWS would accept 5 of them a second. */
  | { readonly kind: 'deploy' }
  /** When each rollout really ended. */
  | { readonly kind: 'ends' }

export type AccountResponse =
  | { readonly kind: 'open'; readonly urls: readonly string[] }
  | { readonly kind: 'deployed'; readonly rollouts: readonly Rollout[] }
  | { readonly kind: 'ends'; readonly ends: Readonly<Record<string, number>> }

export interface Rollout {
  /** Index of the account. */
  readonly account: number
  readonly service: string
  readonly taskDefinition: string
  readonly deploymentId: string
  readonly serviceDeploymentArn: string
  /** How ECS will end it. */
  readonly end: 'succeeded' | 'rolled_back'
}

/** Rollouts that begin together have ended by then, unless they fail. */
const roundMs = 400_000

type Open = Extract<AccountRequest, { kind: 'open' }>

const clocks = playedClocks()

async function openOne({ services, throttle, rollouts }: Open, account: number) {
  const usual = rollouts === 'usual'
  const clock = clocks.make((usual ? history : 1) * roundMs)
  const simulator = await startSimulator({
    throttle,
    clock,
    timings: usual ? { ...awsTimings, jitter } : fastTimings,
    runtime: scriptedRuntime({
      clock,
      behave: (task) =>
        usual
          ? behaviourOf(task, newest)
          : { pullMs: task.taskDefinition === 'app:1' ? 100 : 3_600_000 },
    }),
  })
  const { engine } = simulator
  const operations = { ...ecsOperations(engine), ...elbOperations(engine) }
  const call = (operation: string, input: object): unknown =>
    operations[operation]?.({
      service: 'ECS',
      operation,
      input: { ...input },
      region: 'us-east-1',
      accessKeyId: 'bench',
    })
  const register = (revision: number) =>
    call('RegisterTaskDefinition', {
      family: 'app',
      containerDefinitions: [
        {
          name: 'app',
          image: `host/app@${digestOf(revision)}`,
          memory: 64,
          essential: true,
          portMappings: [{ containerPort: 8080 }],
        },
      ],
    })
  const names = Array.from({ length: services }, (_, index) => `service-${account + index}`)
  const records = () => Object.values(engine.state.serviceDeployments)
  const update = (revision: number) => {
    for (const service of names) {
      call('UpdateService', { cluster, service, taskDefinition: `app:${revision}` })
    }
  }

  call('CreateCluster', { clusterName: cluster })
  register(1)
  for (const serviceName of names) {
    const loadBalancers = usual ? [createTargetGroup(call, serviceName)] : []
    call('CreateService', {
      cluster,
      serviceName,
      taskDefinition: 'app:1',
      desiredCount: usual ? characterOf(serviceName).tasks : 1,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      loadBalancers,
    })
  }
  await clock.advance(roundMs)
  const earlier = usual ? history : 1
  for (let revision = 2; revision <= earlier; revision += 1) {
    register(revision)
    update(revision)
    await clock.advance(roundMs)
  }
  if (records().some(({ status }) => status !== 'SUCCESSFUL')) {
    throw new Error(`An earlier deployment did not succeed within ${roundMs / 1_000} s.`)
  }
  register(earlier + 1)

  return {
    url: simulator.url,
    deploy(): Rollout[] {
      const before = new Set(records().map(({ arn }) => arn))
      update(earlier + 1)
      return records()
        .filter(({ arn }) => !before.has(arn))
        .map(({ arn, service }) => {
          const {
            name = '',
            taskDefinition = '',
            deployments = [],
          } = engine.state.services[service] ?? {}
          return {
            account,
            service: name,
            taskDefinition,
            deploymentId: deployments[0]?.id ?? '',
            serviceDeploymentArn: arn,
            end: characterOf(name).fails ? 'rolled_back' : 'succeeded',
          }
        })
    },
    ends: () => records().map(({ arn, finishedAt = 0 }) => [arn, finishedAt] as const),
  }
}

/** Creates a service's target group; returns it as CreateService takes it in `loadBalancers`. */
function createTargetGroup(call: (operation: string, input: object) => unknown, service: string) {
  const { checkEverySeconds, checks, drainSeconds } = characterOf(service)
  const made = call('CreateTargetGroup', {
    Name: service,
    HealthCheckPath: '/health',
    HealthCheckIntervalSeconds: checkEverySeconds,
    HealthyThresholdCount: checks,
  }) as { TargetGroups: [{ TargetGroupArn: string }] }
  const [{ TargetGroupArn: targetGroupArn }] = made.TargetGroups
  call('ModifyTargetGroupAttributes', {
    TargetGroupArn: targetGroupArn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: String(drainSeconds) }],
  })
  return { targetGroupArn, containerName: 'app', containerPort: 8080 }
}

let accounts: readonly Awaited<ReturnType<typeof openOne>>[] = []

async function respond(request: AccountRequest): Promise<AccountResponse> {
  switch (request.kind) {
    case 'open': {
      const numbers = Array.from({ length: request.accounts }, (_, index) => index)
      accounts = await Promise.all(numbers.map((number) => openOne(request, number)))
      await clocks.keepTime()
      return { kind: 'open', urls: accounts.map(({ url }) => url) }
    }
    case 'deploy':
      return { kind: 'deployed', rollouts: accounts.flatMap((one) => one.deploy()) }
    case 'ends':
      return { kind: 'ends', ends: Object.fromEntries(accounts.flatMap((one) => one.ends())) }
  }
}

process.on('message', (request: AccountRequest) => {
  respond(request).then(
    (response) => process.send?.(response),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
