import path from 'node:path'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { parseConfig } from '../../config/load.ts'
import { resolveEnvironment } from '../../config/resolve.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { makeHelloCheckout } from '../../local/stack/hello.ts'
import type { Clients } from '../../local/stack/seed.ts'
import { until } from '../../local/process/until.ts'
import { openLocalStack, type LocalStack } from './local-stack.ts'

/** A stack with one environment for each release that a test runs at once. */
export interface CrashFixture extends LocalStack {
  /** A git repository of the example, with one commit. */
  readonly checkout: string
  /** A cluster of this name whose services run a healthy `v0`, as a target for releases. */
  readonly environment: (name: string, services: readonly ServiceName[]) => Promise<EnvironmentSpec>
}

export type ServiceName = 'api' | 'worker'

export async function openCrashFixture(): Promise<CrashFixture> {
  const stack = await openLocalStack()
  const checkout = path.join(stack.folder, 'hello')
  await makeHelloCheckout(checkout)
  return {
    ...stack,
    checkout,
    environment: async (name, services) => {
      await createServices(stack.aws, name, services)
      return specOf(name, services, checkout)
    },
  }
}

function specOf(
  name: string,
  services: readonly ServiceName[],
  repository: string,
): EnvironmentSpec {
  const images = services.map(
    (service) => `  ${service}: { repository: hello, target: ${service} }`,
  )
  const deployed = services.map(
    (service, index) =>
      `  ${service}: { service: ${name}-${service}, after: [${services.slice(0, index).join(', ')}] }`,
  )
  const text = `project: crash
checks: { commands: [sh -n build.sh] }
images:
${images.join('\n')}
services:
${deployed.join('\n')}
environments: { ${name}: { cluster: ${name} } }
stability: { timeout: 5m, window: 1s }
`
  return resolveEnvironment(parseConfig(text, 'slipway.yaml').config, name, { repository })
}

/** Creates services that run the bootstrap images of the stack's own example. */
async function createServices({ ecs }: Clients, cluster: string, names: readonly ServiceName[]) {
  await ecs.send(new CreateClusterCommand({ clusterName: cluster }))
  for (const name of names) {
    const example = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: `hello-${name}:1` }),
    )
    const { containerDefinitions, networkMode } = example.taskDefinition ?? {}
    const family = `${cluster}-${name}`
    await ecs.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions, networkMode }))
    await ecs.send(
      new CreateServiceCommand({
        cluster,
        serviceName: family,
        taskDefinition: family,
        desiredCount: 1,
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      }),
    )
  }
  const services = names.map((name) => `${cluster}-${name}`)
  await until(
    async () => {
      const found = await ecs.send(new DescribeServicesCommand({ cluster, services }))
      return (found.services ?? []).every(
        ({ deployments }) =>
          deployments?.length === 1 && deployments[0]?.rolloutState === 'COMPLETED',
      )
    },
    { what: `the services of ${cluster} to become stable`, timeoutMs: 60_000 },
  )
}

/** The number of deployments of each service, and of revisions of its family. */
export async function deploymentsAndRevisions(
  { ecs }: Clients,
  { cluster, services }: EnvironmentSpec,
) {
  return Promise.all(
    services.map(async ({ ecsService }) => {
      const deployed = await ecs.send(
        new ListServiceDeploymentsCommand({ cluster, service: ecsService }),
      )
      const registered = await ecs.send(
        new ListTaskDefinitionsCommand({ familyPrefix: ecsService }),
      )
      return {
        service: ecsService,
        deployments: deployed.serviceDeployments?.length ?? 0,
        revisions: registered.taskDefinitionArns?.length ?? 0,
      }
    }),
  )
}

/** The versions that the tasks of an environment's API report at `/health`. */
export async function versionsServed(
  { ecs }: Clients,
  { cluster }: EnvironmentSpec,
): Promise<string[]> {
  const serviceName = `${cluster}-api`
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName }))
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
  const ports = tasks.flatMap(({ containers = [] }) =>
    containers.flatMap(({ networkBindings = [] }) => networkBindings.map((one) => one.hostPort)),
  )
  return Promise.all(
    ports.map(async (port) => {
      const url = `http://127.0.0.1:${port}/health`
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
      const { version } = (await response.json()) as { version: string }
      return version
    }),
  )
}
