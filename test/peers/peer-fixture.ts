import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs'
import { commitHello, makeHelloCheckout, type HelloHealth } from '../../local/stack/hello.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { ReleaseResult } from '../../contract/releases.ts'
import { seedEnvironment, serviceNames } from './seed.ts'
import { deploy } from './slipway.ts'
import type { PeerStack } from './local-stack.ts'

/** An environment for one copy of the example, and a checkout to deploy from. */
export interface PeerEnvironment {
  readonly name: string
  readonly repositoryUri: string
  readonly targetGroupArn: string
  readonly commit: (version: string, health?: HelloHealth) => Promise<string>
  /** Runs `slipway deploy` to its end, and asserts the outcome. */
  readonly deploy: (outcome: Outcome) => Promise<ReleaseResult>
  /** The version that the API's only task serves, and the digests of all running containers. */
  readonly running: () => Promise<{ version: string; digests: Record<string, string> }>
}

/** @param name of the environment, and of its resources at AWS */
export async function openPeerEnvironment(
  stack: PeerStack,
  name: string,
): Promise<PeerEnvironment> {
  const checkout = path.join(stack.folder, name)
  const [seeded] = await Promise.all([
    seedEnvironment(stack.aws, stack.engine, name),
    makeHelloCheckout(checkout),
  ])
  await writeFile(path.join(checkout, 'slipway.yaml'), configuration(name))
  return {
    name,
    ...seeded,
    commit: (version, health = 'ok') => commitHello(checkout, version, health, `Say ${version}`),
    deploy: (outcome) => deploy(stack.env, checkout, name, outcome),
    async running() {
      const tasks = await Promise.all(serviceNames.map((service) => onlyTask(stack, name, service)))
      const containers = tasks.flatMap((task) => task.containers ?? [])
      const address = tasks
        .flatMap((task) => task.attachments ?? [])
        .flatMap((attachment) => attachment.details ?? [])
        .find((detail) => detail.name === 'privateIPv4Address')?.value
      const response = await fetch(`http://${address}:8080/health`)
      const { version } = (await response.json()) as { version: string }
      return {
        version,
        digests: Object.fromEntries(
          containers.map((container) => [container.name ?? '', container.imageDigest ?? '']),
        ),
      }
    },
  }
}

async function onlyTask({ aws: { ecs } }: PeerStack, cluster: string, service: string) {
  const serviceName = `${cluster}-${service}`
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName }))
  assert.equal(taskArns.length, 1, `${serviceName} runs one task`)
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
  return tasks[0] ?? assert.fail()
}

function configuration(name: string): string {
  return `project: hello
images:
  api: { repository: ${name}, target: api }
  worker: { repository: ${name}, target: worker }
services:
  api: { service: ${name}-api }
  worker: { service: ${name}-worker, after: [api] }
environments:
  ${name}: { cluster: ${name} }
stability: { timeout: 1m, window: 1s }
`
}
