import type { Answers } from './fake-aws.ts'
import { digestA, registry } from '../environment-specs.ts'

const arn = 'arn:aws:ecs:eu-west-1:123456789012'
export const revision = (number: number, family = 'mailman-api') =>
  `${arn}:task-definition/${family}:${number}`

export const startedAt = new Date('2026-01-01T10:00:00Z')

/** A deployment as `DescribeServices` lists it: revision 1, completed, one task. */
export function deployment(changes: Record<string, unknown> = {}) {
  return {
    id: 'ecs-svc/1',
    status: 'PRIMARY',
    taskDefinition: revision(1),
    rolloutState: 'COMPLETED',
    rolloutStateReason: '',
    desiredCount: 1,
    runningCount: 1,
    pendingCount: 0,
    failedTasks: 0,
    createdAt: startedAt,
    ...changes,
  }
}

/** A healthy service, unless `changes` say otherwise. */
export function service(changes: Record<string, unknown> = {}) {
  return {
    serviceName: 'mailman-api',
    serviceArn: `${arn}:service/mailman/mailman-api`,
    status: 'ACTIVE',
    taskDefinition: revision(1),
    desiredCount: 1,
    runningCount: 1,
    pendingCount: 0,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    deployments: [deployment()],
    loadBalancers: [],
    events: [],
    ...changes,
  }
}

export function task(changes: Record<string, unknown> = {}) {
  return {
    taskArn: `${arn}:task/mailman/1`,
    taskDefinitionArn: revision(1),
    startedBy: 'ecs-svc/1',
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    containers: [{ name: 'api', imageDigest: digestA }],
    ...changes,
  }
}

export function taskDefinition(number: number, changes: Record<string, unknown> = {}) {
  return {
    taskDefinitionArn: revision(number),
    family: 'mailman-api',
    revision: number,
    status: 'ACTIVE',
    registeredAt: startedAt,
    registeredBy: 'arn:aws:iam::123456789012:user/ann',
    compatibilities: ['FARGATE'],
    requiresAttributes: [{ name: 'ecs.capability.execution-role-ecr-pull' }],
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc',
    executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    containerDefinitions: [
      {
        name: 'api',
        image: `${registry}/mailman-api@${digestA}`,
        essential: true,
        environment: [{ name: 'DATABASE_URL', value: 'postgres://secret' }],
      },
    ],
    ...changes,
  }
}

/**
 * The response of ECS to a registration: what was sent, as this revision.
 *
 * @param otherwise fields that ECS returns otherwise; undefined: not at all
 */
export const registering = (number: number, otherwise: Record<string, unknown> = {}): Answers => ({
  RegisterTaskDefinition: ({ tags, ...sent }) => ({
    taskDefinition: {
      ...sent,
      taskDefinitionArn: revision(number),
      revision: number,
      status: 'ACTIVE',
      compatibilities: ['FARGATE'],
      ...otherwise,
    },
    tags,
  }),
})

interface World {
  readonly service?: object
  readonly tasks?: readonly ReturnType<typeof task>[]
  /** By ARN, `family:revision` or family. */
  readonly taskDefinitions?: Readonly<Record<string, object>>
}

/** Responses for a healthy service, from an endpoint without service deployments. */
export function answersOf(world: World = {}): Answers {
  const tasks = world.tasks ?? [task()]
  const definitions: Readonly<Record<string, object>> = world.taskDefinitions ?? {
    'mailman-api': taskDefinition(1),
    [revision(1)]: taskDefinition(1),
  }
  return {
    DescribeServices: () => ({ services: [world.service ?? service()] }),
    ListServiceDeployments: () => ({ serviceDeployments: [] }),
    ListTasks: ({ desiredStatus }) => ({
      taskArns: tasks.filter((one) => one.desiredStatus === desiredStatus).map((t) => t.taskArn),
    }),
    DescribeTasks: ({ tasks: wanted }) => ({
      tasks: tasks.filter((one) => (wanted as string[]).includes(one.taskArn)),
    }),
    DescribeTaskDefinition: ({ taskDefinition: wanted }) => ({
      taskDefinition: definitions[String(wanted)],
      tags: [{ key: 'team', value: 'mail' }],
    }),
    DescribeRepositories: ({ repositoryNames }) => ({
      repositories: (repositoryNames as string[]).map((repositoryName) => ({
        repositoryName,
        repositoryUri: `${registry}/${repositoryName}`,
        imageTagMutability: 'MUTABLE',
      })),
    }),
    GetCallerIdentity: () => ({ Account: '123456789012' }),
  }
}

/** Responses with service deployment records, newest first. */
export function recordsOf(
  ...records: readonly {
    status: string
    taskDefinition: string
    statusReason?: string
    /** From its creation to its end. Absent: it has no end. */
    tookMs?: number
    deploymentConfiguration?: object
  }[]
): Answers {
  const described = records.map(({ taskDefinition: deployed, tookMs, ...record }, index) => {
    const createdAt = new Date(startedAt.getTime() + (records.length - index) * 60_000)
    return {
      serviceDeploymentArn: `${arn}:service-deployment/mailman/mailman-api/${records.length - index}`,
      ...record,
      createdAt,
      ...(tookMs !== undefined && { finishedAt: new Date(createdAt.getTime() + tookMs) }),
      targetServiceRevision: { arn: `revision-of-${deployed}` },
    }
  })
  return {
    ListServiceDeployments: () => ({ serviceDeployments: described }),
    DescribeServiceDeployments: ({ serviceDeploymentArns }) => ({
      serviceDeployments: described.filter((one) =>
        (serviceDeploymentArns as string[]).includes(one.serviceDeploymentArn),
      ),
    }),
    DescribeServiceRevisions: ({ serviceRevisionArns }) => ({
      serviceRevisions: (serviceRevisionArns as string[]).map((serviceRevisionArn) => ({
        serviceRevisionArn,
        taskDefinition: serviceRevisionArn.replace('revision-of-', ''),
        containerImages: [{ containerName: 'api', imageDigest: digestA }],
      })),
    }),
  }
}
