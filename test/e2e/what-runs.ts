import assert from 'node:assert/strict'
import { DescribeTasksCommand, ListTasksCommand, type Task } from '@aws-sdk/client-ecs'
import { healthyTargets } from '../../local/stack/healthy-targets.ts'
import type { ReleaseResult } from '../../contract/releases.ts'
import type { ExampleEnvironment } from './example-environment.ts'
import type { LocalStack } from './local-stack.ts'

export interface Answering {
  /** The version that the API reports at `/health`. */
  readonly version: string
  /** Digest of the container behind the load balancer's target port. */
  readonly digest: string
  /** ARN of the container's task. */
  readonly task: string
  readonly taskDefinition: string
}

/**
 * What answers `/health`: the load balancer's healthy target, the task with its port, the digest of
 * that task's container, and the version in the answer itself.
 */
export async function answering(
  stack: LocalStack,
  example: ExampleEnvironment,
): Promise<Answering> {
  const targets = await healthyTargets(stack.aws.elb, example.seeded.targetGroupArn)
  assert.equal(targets.length, 1, `one healthy target, not ${JSON.stringify(targets)}`)
  const { host, port } = targets[0] ?? assert.fail()
  const response = await fetch(`http://${host}:${port}/health`)
  const { version } = (await response.json()) as { version: string }
  const tasks = await tasksOf(stack, example, 'api')
  for (const {
    taskArn: task = '',
    taskDefinitionArn: taskDefinition = '',
    containers = [],
  } of tasks) {
    const container = containers.find(({ networkBindings = [] }) =>
      networkBindings.some(({ hostPort }) => hostPort === port),
    )
    const digest = container?.imageDigest
    if (digest !== undefined) return { version, digest, task, taskDefinition }
  }
  return assert.fail(`no running task has port ${port}`)
}

/** Digests of the containers that a service runs, each once. */
export async function digestsOf(
  stack: LocalStack,
  example: ExampleEnvironment,
  service: 'api' | 'worker',
): Promise<readonly string[]> {
  const tasks = await tasksOf(stack, example, service)
  const digests = tasks.flatMap(({ containers = [] }) =>
    containers.flatMap(({ imageDigest }) => imageDigest ?? []),
  )
  return [...new Set(digests)]
}

async function tasksOf(
  stack: LocalStack,
  example: ExampleEnvironment,
  name: 'api' | 'worker',
): Promise<Task[]> {
  const { cluster } = example.names
  const serviceName = `${example.environment}-${name}`
  const { ecs } = stack.aws
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName }))
  assert.notEqual(taskArns.length, 0, `${serviceName} runs a task`)
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))
  return tasks
}

/**
 * Asserts that the environment runs the release's revision or its rollback target: the digests in
 * its result, and the version that the app reports.
 */
export async function assertRuns(
  stack: LocalStack,
  example: ExampleEnvironment,
  expected: {
    readonly result: ReleaseResult
    readonly which: 'revision' | 'rollbackTarget'
    readonly version: string
  },
): Promise<void> {
  const { result, which, version } = expected
  const answer = await answering(stack, example)
  assert.equal(answer.version, version)
  assert.equal(answer.digest, digestIn(result, which, 'api'))
  assert.deepEqual(await digestsOf(stack, example, 'worker'), [digestIn(result, which, 'worker')])
}

/** The digest that a release's result names for a service. */
export function digestIn(
  result: ReleaseResult,
  which: 'revision' | 'rollbackTarget',
  name: 'api' | 'worker',
): string {
  const service = result.services.find((one) => one.name === name)
  return service?.[which].digests[name] ?? assert.fail(`${result.id} names no digest of ${name}`)
}
