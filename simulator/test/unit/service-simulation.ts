import type {
  DescribeServiceDeploymentsCommandOutput,
  DescribeServicesCommandOutput,
  DescribeTasksCommandOutput,
  Deployment,
  Service,
  ServiceDeployment,
  Task,
} from '@aws-sdk/client-ecs'
import { manualClock, type ManualClock } from '../../clock/index.ts'
import { createEngine, ecsOperations, type Engine, type EngineOptions } from '../../ecs/index.ts'
import type { Call, Operations } from '../../http/types.ts'
import { elbOperations } from '../../elb/operations.ts'
import {
  createRouting,
  noRouting,
  createTargetGroup,
  type BlueGreenRouting,
} from './blue-green-routing.ts'
import { faultyRuntime } from '../../runtime/faulty.ts'
import type { TaskFaults } from '../../runtime/task-faults.ts'
import { scriptedRuntime, type Behaviour, type ScriptedRuntime } from '../../runtime/scripted.ts'

const hour = 3_600_000

export interface SimulationOptions {
  /** How the tasks of a revision of the task definition behave. Default: well. */
  readonly behave?: (revision: number) => Behaviour
  readonly desiredCount?: number
  readonly deploymentConfiguration?: object
  /**
   * Default: behind a target group that drains for 30 seconds. `blue-green`: with two of them, and
   * with rules for production and test traffic.
   */
  readonly loadBalancer?: boolean | 'blue-green'
  readonly service?: object
  readonly engine?: Partial<EngineOptions>
  /** Faults between the scripted runtime and the engine. */
  readonly faults?: TaskFaults
}

export interface ServiceSimulation {
  readonly clock: ManualClock
  readonly engine: Engine
  readonly runtime: ScriptedRuntime
  readonly targetGroup: string
  /** The alternate target group and the rules; all empty unless `loadBalancer` is `blue-green`. */
  readonly routing: BlueGreenRouting
  /** Calls an operation as a client would: the answer has been through JSON. */
  readonly call: (operation: string, input?: object) => Record<string, unknown>
  readonly service: () => Service
  /** All events of the service, oldest first, without its name but with ids. */
  readonly events: () => string[]
  readonly primary: () => Deployment
  /** Newest first. */
  readonly serviceDeployments: () => ServiceDeployment[]
  /** Running and stopped, oldest first. */
  readonly tasks: () => Task[]
  readonly register: (image: string) => string
  /** Updates the service to a new revision of the task definition with this image. */
  readonly deploy: (image: string, changes?: object) => Deployment
  /**
   * Waits until only PRIMARY is left and is not in progress; `false` if that takes over an hour.
   */
  readonly settle: (watch?: () => void) => Promise<boolean>
}

/** A cluster with one service, `api`, on a manual clock, whose first deployment has completed. */
export async function simulateService(options: SimulationOptions = {}): Promise<ServiceSimulation> {
  const made = simulateCluster(options)
  made.call('CreateService', {
    cluster: 'mailman',
    serviceName: 'api',
    taskDefinition: made.register('registry/api:1'),
    desiredCount: options.desiredCount ?? 2,
    deploymentConfiguration: options.deploymentConfiguration ?? {
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
    ...(options.loadBalancer !== false && {
      loadBalancers: [
        {
          targetGroupArn: made.targetGroup,
          containerName: 'api',
          containerPort: 8080,
          ...(options.loadBalancer === 'blue-green' && { advancedConfiguration: made.routing }),
        },
      ],
    }),
    ...options.service,
  })
  await made.settle()
  return made
}

/** An engine on a manual clock and the scripted runtime, with all its operations. */
export function newEngine(options: SimulationOptions): {
  readonly clock: ManualClock
  readonly runtime: ScriptedRuntime
  readonly engine: Engine
  readonly operations: Operations
} {
  const clock = manualClock()
  const runtime = scriptedRuntime({
    clock,
    behave: ({ taskDefinition }) => options.behave?.(Number(taskDefinition.split(':')[1])) ?? {},
  })
  const { faults } = options
  const engine = createEngine({
    clock,
    runtime: faults === undefined ? runtime : faultyRuntime(runtime, faults, clock),
    ...options.engine,
  })
  return {
    clock,
    runtime,
    engine,
    operations: { ...ecsOperations(engine), ...elbOperations(engine) },
  }
}

export function callFor(operation: string, input: object): Call {
  return {
    service: 'ECS',
    operation,
    input: input as Record<string, unknown>,
    region: 'us-east-1',
    accessKeyId: 'AKIA',
  }
}

/** Like `simulateService`, but without the service. */
export function simulateCluster(options: SimulationOptions = {}): ServiceSimulation {
  const { clock, runtime, engine, operations } = newEngine(options)
  const call: ServiceSimulation['call'] = (operation, input = {}) =>
    JSON.parse(JSON.stringify(operations[operation]?.(callFor(operation, input)))) as Record<
      string,
      unknown
    >
  call('CreateCluster', { clusterName: 'mailman' })
  const targetGroup = createTargetGroup(call, 'api')
  const routing =
    options.loadBalancer === 'blue-green' ? createRouting(call, targetGroup) : noRouting

  const self: ServiceSimulation = {
    clock,
    engine,
    runtime,
    targetGroup,
    routing,
    call,
    service() {
      const { services } = call('DescribeServices', {
        cluster: 'mailman',
        services: ['api'],
      }) as unknown as DescribeServicesCommandOutput
      return first(services)
    },
    events: () =>
      (self.service().events ?? [])
        .map(({ message = '' }) => message.replace('(service api) ', ''))
        .toReversed(),
    primary: () => first(self.service().deployments),
    serviceDeployments() {
      const listed = call('ListServiceDeployments', { cluster: 'mailman', service: 'api' }) as {
        serviceDeployments: { serviceDeploymentArn: string }[]
      }
      const { serviceDeployments } = call('DescribeServiceDeployments', {
        serviceDeploymentArns: listed.serviceDeployments.map((one) => one.serviceDeploymentArn),
      }) as unknown as DescribeServiceDeploymentsCommandOutput
      return serviceDeployments ?? []
    },
    tasks() {
      const arns = ['RUNNING', 'STOPPED'].flatMap((desiredStatus) => {
        const { taskArns } = call('ListTasks', { cluster: 'mailman', desiredStatus })
        return taskArns as string[]
      })
      const { tasks } = call('DescribeTasks', {
        cluster: 'mailman',
        tasks: arns,
      }) as unknown as DescribeTasksCommandOutput
      return (tasks ?? []).toSorted((one, other) => Number(one.createdAt) - Number(other.createdAt))
    },
    register(image) {
      const { taskDefinition } = call('RegisterTaskDefinition', {
        family: 'api',
        containerDefinitions: [{ name: 'api', image, portMappings: [{ containerPort: 8080 }] }],
      }) as { taskDefinition: { taskDefinitionArn: string } }
      return taskDefinition.taskDefinitionArn
    },
    deploy(image, changes = {}) {
      const { service } = call('UpdateService', {
        cluster: 'mailman',
        service: 'api',
        taskDefinition: self.register(image),
        ...changes,
      }) as { service: Service }
      return first(service.deployments)
    },
    settle: (watch = () => {}) =>
      clock.advanceUntil(() => {
        watch()
        const { deployments = [] } = self.service()
        return deployments.length === 1 && deployments[0]?.rolloutState !== 'IN_PROGRESS'
      }, hour),
  }
  return self
}

/** The first of a list that must not be empty. */
export function first<Item>(items: readonly Item[] | undefined): Item {
  const item = items?.[0]
  if (item === undefined) throw new Error('expected at least one')
  return item
}

/** Events with their ids and ARNs replaced, so that they are the same in all runs. */
export function anonymous(events: readonly string[]): string[] {
  return events.map((event) =>
    event
      .replaceAll(/\(task [0-9a-f]{32}\)/g, '(task T)')
      .replaceAll(/ecs-svc\/\d{19}/g, 'ecs-svc/N')
      .replaceAll(/arn:aws:elasticloadbalancing:\S+?(?=\))/g, 'G'),
  )
}
