import { CreateRepositoryCommand } from '@aws-sdk/client-ecr'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { CreateTargetGroupCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { pushBootstrapImages } from '../../local/engine/bootstrap-images.ts'
import type { LocalEngine } from '../../local/engine/engine.ts'
import type { Clients } from '../../local/stack/seed.ts'
import { until } from '../../local/process/until.ts'

/** The services of the example, as `slipway.yaml` and ECS name them. */
export const serviceNames = ['api', 'worker'] as const

/**
 * Creates the example's environment on an emulator, with an address for each task: in other network
 * modes the emulator publishes container ports unchanged, so two tasks would need the same port.
 *
 * @param environment names the cluster and the repository, and prefixes the services' names
 */
export async function seedEnvironment(
  { ecs, ecr, elb }: Clients,
  engine: Pick<LocalEngine, 'dockerHost' | 'dockerPath' | 'buildKit'>,
  environment: string,
): Promise<{ readonly repositoryUri: string; readonly targetGroupArn: string }> {
  await ecs.send(new CreateClusterCommand({ clusterName: environment }))
  const { repository } = await ecr.send(
    new CreateRepositoryCommand({ repositoryName: environment }),
  )
  const repositoryUri = repository?.repositoryUri ?? ''
  const images = await pushBootstrapImages(ecr, engine, repositoryUri, serviceNames)
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: environment,
      Protocol: 'HTTP',
      Port: 8080,
      TargetType: 'ip',
      VpcId: 'vpc-00000001',
      HealthCheckPath: '/health',
    }),
  )
  const targetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? ''
  for (const name of serviceNames) {
    const serviceName = `${environment}-${name}`
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: serviceName,
        networkMode: 'awsvpc',
        containerDefinitions: [
          {
            name,
            image: images[name],
            essential: true,
            memory: 64,
            environment: [{ name: 'GREETING', value: 'hello' }],
            ...(name === 'api' && { portMappings: [{ containerPort: 8080 }] }),
          },
        ],
      }),
    )
    await ecs.send(
      new CreateServiceCommand({
        cluster: environment,
        serviceName,
        taskDefinition: serviceName,
        desiredCount: 1,
        deploymentConfiguration: {
          minimumHealthyPercent: 100,
          maximumPercent: 200,
          deploymentCircuitBreaker: { enable: true, rollback: true },
        },
        ...(name === 'api' && {
          loadBalancers: [{ targetGroupArn, containerName: name, containerPort: 8080 }],
        }),
      }),
    )
  }
  await until(
    async () => {
      const services = serviceNames.map((name) => `${environment}-${name}`)
      const found = await ecs.send(new DescribeServicesCommand({ cluster: environment, services }))
      return found.services?.every(({ runningCount }) => runningCount === 1) ?? false
    },
    { what: `the services of ${environment} to run`, timeoutMs: 30_000 },
  )
  return { repositoryUri, targetGroupArn }
}
