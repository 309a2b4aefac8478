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
import { pushBootstrapImages } from './bootstrap-images.ts'
import type { Engine } from './engine.ts'
import { hello } from './hello.ts'
import { until } from './until.ts'

export interface Clients {
  readonly ecs: ECSClient
  readonly ecr: ECRClient
  readonly elb: ElasticLoadBalancingV2Client
}

/** Clients for a stand-in at this address. Any key is good there. */
export function clientsFor(endpoint: string, region: string): Clients {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const options = { endpoint, region, credentials }
  return {
    ecs: new ECSClient(options),
    ecr: new ECRClient(options),
    elb: new ElasticLoadBalancingV2Client(options),
  }
}

/**
 * Makes what the example deploys to, through the same calls that Terraform would make: cluster,
 * repository, target group, task definitions, and services that run a healthy version `v0` once
 * this is done. What is there already stays as it is.
 */
export async function seedHello(
  { ecs, ecr, elb }: Clients,
  engine: Engine,
): Promise<{ readonly targetGroupArn: string }> {
  await ecs.send(new CreateClusterCommand({ clusterName: hello.cluster }))
  const repositoryUri = await ensureRepository(ecr)
  const targetGroupArn = await ensureTargetGroup(elb)
  const missing = await missingServices(ecs)
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name)
    const images = await pushBootstrapImages(ecr, engine, repositoryUri, names)
    for (const service of missing) {
      await createService(ecs, service, images[service.name] ?? '', targetGroupArn)
    }
  }
  await until(() => allStable(ecs), {
    what: `the services of cluster ${hello.cluster} to become stable`,
    timeoutMs: 60_000,
  })
  return { targetGroupArn }
}

async function ensureRepository(ecr: ECRClient): Promise<string> {
  const repositoryNames = [hello.repository]
  try {
    const found = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames }))
    return found.repositories?.[0]?.repositoryUri ?? ''
  } catch (error) {
    if (!(error instanceof RepositoryNotFoundException)) throw error
    const made = await ecr.send(new CreateRepositoryCommand({ repositoryName: hello.repository }))
    return made.repository?.repositoryUri ?? ''
  }
}

async function ensureTargetGroup(elb: ElasticLoadBalancingV2Client): Promise<string> {
  const Name = hello.targetGroup
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
      Port: hello.port,
      TargetType: 'ip',
      VpcId: 'vpc-local',
      HealthCheckPath: '/health',
      // Shorter than AWS allows: it is these numbers that a rollout waits for.
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

type HelloService = (typeof hello.services)[number]

async function missingServices(ecs: ECSClient): Promise<readonly HelloService[]> {
  const services = await describe(ecs)
  const active = services.filter(({ status }) => status === 'ACTIVE')
  return hello.services.filter(
    ({ service }) => !active.some(({ serviceName }) => serviceName === service),
  )
}

async function createService(
  ecs: ECSClient,
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
          ...(isBehindTargetGroup && { portMappings: [{ containerPort: hello.port }] }),
        },
      ],
    }),
  )
  await ecs.send(
    new CreateServiceCommand({
      cluster: hello.cluster,
      serviceName: service,
      taskDefinition: taskDefinition?.taskDefinitionArn ?? '',
      desiredCount: 1,
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      ...(isBehindTargetGroup && {
        loadBalancers: [{ targetGroupArn, containerName: name, containerPort: hello.port }],
      }),
    }),
  )
}

async function allStable(ecs: ECSClient): Promise<boolean> {
  const services = await describe(ecs)
  return (
    services.length === hello.services.length &&
    services.every(
      ({ deployments = [] }) =>
        deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED',
    )
  )
}

async function describe(ecs: ECSClient) {
  const services = hello.services.map(({ service }) => service)
  const found = await ecs.send(new DescribeServicesCommand({ cluster: hello.cluster, services }))
  return found.services ?? []
}
