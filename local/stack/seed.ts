import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  RepositoryNotFoundException,
  ECRClient,
} from '@aws-sdk/client-ecr'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import {
  CreateTargetGroupCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
  TargetGroupNotFoundException,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { pushBootstrapImages } from '../engine/bootstrap-images.ts'
import type { LocalEngine } from '../engine/engine.ts'
import { hello, type HelloNames } from './hello.ts'
import { until } from '../process/until.ts'

export interface Clients {
  readonly ecs: ECSClient
  readonly ecr: ECRClient
  readonly elb: ElasticLoadBalancingV2Client
}

/** Clients for the simulated AWS at this address. It accepts any key. */
export function clientsFor(endpoint: string, region: string): Clients {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const options = { endpoint, region, credentials }
  return {
    ecs: new ECSClient(options),
    ecr: new ECRClient(options),
    elb: new ElasticLoadBalancingV2Client(options),
  }
}

/** Where the example runs. */
export interface SeededHello {
  readonly targetGroupArn: string
  /** From ECR. */
  readonly repositoryUri: string
}

/** What services run before the first release: image name → reference. */
type FirstImages = Readonly<Record<string, string>>

/**
 * Creates what the example deploys to, with the calls that Terraform would make: cluster, repository,
 * target group, task definitions, and services that run a healthy version `v0`. What exists already stays
 * as it is.
 *
 * @param options.names distinguish several deployments in the same simulated AWS
 * @param options.firstImages the images that services run at first; default: built and pushed now
 */
export async function seedHello(
  { ecs, ecr, elb }: Clients,
  engine: Pick<LocalEngine, 'dockerHost' | 'dockerPath' | 'buildKit'>,
  options: {
    names?: HelloNames
    firstImages?: (repositoryUri: string) => Promise<FirstImages>
  } = {},
): Promise<SeededHello> {
  const { names = hello } = options
  await ecs.send(new CreateClusterCommand({ clusterName: names.cluster }))
  const repositoryUri = await ensureRepository(ecr, names)
  const targetGroupArn = await ensureTargetGroup(elb, names)
  const missing = await missingServices(ecs, names)
  if (missing.length > 0) {
    const build = (uri: string) =>
      pushBootstrapImages(
        ecr,
        engine,
        uri,
        missing.map(({ name }) => name),
      )
    const images = await (options.firstImages ?? build)(repositoryUri)
    for (const service of missing) {
      await createService(ecs, names, service, images[service.name] ?? '', targetGroupArn)
    }
  }
  await until(() => allStable(ecs, names), {
    what: `the services of cluster ${names.cluster} to become stable`,
    timeoutMs: 60_000,
  })
  return { targetGroupArn, repositoryUri }
}

async function ensureRepository(ecr: ECRClient, names: HelloNames): Promise<string> {
  const repositoryNames = [names.repository]
  try {
    const found = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames }))
    return found.repositories?.[0]?.repositoryUri ?? ''
  } catch (error) {
    if (!(error instanceof RepositoryNotFoundException)) throw error
    const made = await ecr.send(new CreateRepositoryCommand({ repositoryName: names.repository }))
    return made.repository?.repositoryUri ?? ''
  }
}

async function ensureTargetGroup(
  elb: ElasticLoadBalancingV2Client,
  names: HelloNames,
): Promise<string> {
  const Name = names.targetGroup
  try {
    const found = await elb.send(new DescribeTargetGroupsCommand({ Names: [Name] }))
    return found.TargetGroups?.[0]?.TargetGroupArn ?? ''
  } catch (error) {
    if (!(error instanceof TargetGroupNotFoundException)) throw error
  }
  const made = await elb.send(
    new CreateTargetGroupCommand({
      Name,
      Protocol: 'HTTP',
      Port: names.port,
      TargetType: 'ip',
      VpcId: 'vpc-local',
      HealthCheckPath: '/health',
      // Shorter than AWS allows: rollouts wait for these.
      HealthCheckIntervalSeconds: 1,
      HealthCheckTimeoutSeconds: 1,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
    }),
  )
  const arn = made.TargetGroups?.[0]?.TargetGroupArn ?? ''
  await elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: arn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '1' }],
    }),
  )
  return arn
}

type HelloService = HelloNames['services'][number]

async function missingServices(
  ecs: ECSClient,
  names: HelloNames,
): Promise<readonly HelloService[]> {
  const services = await describe(ecs, names)
  const active = services.filter(({ status }) => status === 'ACTIVE')
  return names.services.filter(
    ({ service }) => !active.some(({ serviceName }) => serviceName === service),
  )
}

async function createService(
  ecs: ECSClient,
  names: HelloNames,
  { name, service }: HelloService,
  image: string,
  targetGroupArn: string,
): Promise<void> {
  const isBehindTargetGroup = name === 'api'
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: service,
      networkMode: 'bridge',
      containerDefinitions: [
        {
          name,
          image,
          essential: true,
          memory: 64,
          environment: [{ name: 'GREETING', value: 'hello' }],
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': `/ecs/${service}`,
              'awslogs-region': await ecs.config.region(),
              'awslogs-stream-prefix': 'ecs',
            },
          },
          ...(isBehindTargetGroup && { portMappings: [{ containerPort: names.port }] }),
        },
      ],
    }),
  )
  await ecs.send(
    new CreateServiceCommand({
      cluster: names.cluster,
      serviceName: service,
      taskDefinition: taskDefinition?.taskDefinitionArn ?? '',
      desiredCount: 1,
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      ...(isBehindTargetGroup && {
        loadBalancers: [{ targetGroupArn, containerName: name, containerPort: names.port }],
      }),
    }),
  )
}

async function allStable(ecs: ECSClient, names: HelloNames): Promise<boolean> {
  const services = await describe(ecs, names)
  return (
    services.length === names.services.length &&
    services.every(
      ({ deployments = [] }) =>
        deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED',
    )
  )
}

async function describe(ecs: ECSClient, names: HelloNames) {
  const services = names.services.map(({ service }) => service)
  const found = await ecs.send(new DescribeServicesCommand({ cluster: names.cluster, services }))
  return found.services ?? []
}
