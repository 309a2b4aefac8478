import assert from 'node:assert/strict'
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
} from '@aws-sdk/client-ecr'
import {
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { pendingActivities } from '../../client/follow/pending.ts'
import { until } from '../../local/process/until.ts'
import { releaseStatus } from '../../contract/messages.ts'
import type { ExampleEnvironment } from './example-environment.ts'
import type { LocalStack } from './local-stack.ts'

/** What others do to an environment while Slipway works on it. */

/** Makes calls to AWS fail, with a fault as the simulator takes it; returns how to lift it. */
export async function injectFault(
  stack: LocalStack,
  fault: { readonly operation: string; readonly kind: string; readonly about?: string } & Readonly<
    Record<string, unknown>
  >,
): Promise<() => Promise<void>> {
  const faults = `${stack.stack.aws}/_simulator/faults`
  const body = JSON.stringify({ count: 'forever', ...fault })
  const added = await fetch(faults, { method: 'POST', body })
  assert.equal(added.status, 200, await added.clone().text())
  const { id } = (await added.json()) as { id: string }
  return async () => {
    const removed = await fetch(`${faults}/${id}`, { method: 'DELETE' })
    assert.equal(removed.status, 200)
  }
}

/**
 * Fails every UpdateService of one ECS service, so that a release keeps retrying that step until the
 * hold is lifted.
 */
export function holdUpdates(stack: LocalStack, service: string): Promise<() => Promise<void>> {
  return injectFault(stack, { operation: 'ECS:UpdateService', kind: 'error5xx', about: service })
}

/** As an operator would in the middle of an incident. */
export async function turnOffCircuitBreakers(
  stack: LocalStack,
  example: ExampleEnvironment,
): Promise<void> {
  for (const { service } of example.names.services) {
    await stack.aws.ecs.send(
      new UpdateServiceCommand({
        cluster: example.names.cluster,
        service,
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: false, rollback: false } },
      }),
    )
  }
}

/**
 * As a colleague with the AWS CLI would: deploys a new revision with one variable more than the
 * given one.
 */
export async function deployByHand(
  stack: LocalStack,
  example: ExampleEnvironment,
  { service, base }: { readonly service: string; readonly base: string },
): Promise<void> {
  const { ecs } = stack.aws
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: base }),
  )
  const registered = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: taskDefinition?.family,
      networkMode: taskDefinition?.networkMode,
      containerDefinitions: taskDefinition?.containerDefinitions?.map((container) => ({
        ...container,
        environment: [...(container.environment ?? []), { name: 'BY', value: 'hand' }],
      })),
    }),
  )
  await ecs.send(
    new UpdateServiceCommand({
      cluster: example.names.cluster,
      service,
      taskDefinition: registered.taskDefinition?.taskDefinitionArn,
    }),
  )
}

/** As cleanup scripts do with old revisions: it can no longer be deployed. */
export async function deregister(stack: LocalStack, taskDefinition: string): Promise<void> {
  await stack.aws.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
}

/** A revision of the API's family whose image the registry does not have: `mailman-api:7`. */
export async function registerLostImage(
  stack: LocalStack,
  example: ExampleEnvironment,
): Promise<string> {
  const image = `${example.seeded.repositoryUri}@sha256:${'0'.repeat(64)}`
  const family = `${example.environment}-api`
  const { taskDefinition } = await stack.aws.ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [{ name: 'api', image, essential: true, memory: 64 }],
    }),
  )
  return `${family}:${taskDefinition?.revision}`
}

/** As a person might who thinks that the service is unused. */
export async function deleteService(
  stack: LocalStack,
  example: ExampleEnvironment,
  service: string,
): Promise<void> {
  const { cluster } = example.names
  await stack.aws.ecs.send(new DeleteServiceCommand({ cluster, service, force: true }))
}

/** As a lifecycle policy might. */
export async function deleteImage(
  stack: LocalStack,
  example: ExampleEnvironment,
  tag: string,
): Promise<void> {
  const { repository: repositoryName } = example.names
  const imageDigest = await digestOfTag(stack, example, tag)
  await stack.aws.ecr.send(
    new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageDigest }] }),
  )
  const { images } = await stack.aws.ecr.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest }] }),
  )
  assert.deepEqual(images ?? [], [], 'the image is gone')
}

export async function digestOfTag(
  stack: LocalStack,
  example: ExampleEnvironment,
  imageTag: string,
): Promise<string> {
  const { repository: repositoryName } = example.names
  const { imageDetails } = await stack.aws.ecr.send(
    new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] }),
  )
  return imageDetails?.[0]?.imageDigest ?? assert.fail(`${imageTag} has no digest`)
}

/** Waits until a release is at a step: `deploy api`, for instance. */
export async function untilAtStep(stack: LocalStack, id: string, name: string, subject?: string) {
  const handle = stack.temporal.workflow.getHandle(id)
  await until(
    async () => {
      const { steps } = await handle.query(releaseStatus)
      return steps.some(
        (step) => step.name === name && step.subject === subject && step.state === 'running',
      )
    },
    { what: `${id} to ${name} ${subject ?? ''}`, timeoutMs: 120_000 },
  )
}

/** Waits until a pending activity of a release has reported a text in a heartbeat. */
export async function untilReported(stack: LocalStack, id: string, words: RegExp) {
  const handle = stack.temporal.workflow.getHandle(id)
  await until(
    async () => {
      const pending = await pendingActivities(stack.temporal, await handle.describe())
      return words.test(JSON.stringify(pending))
    },
    { what: `${id} to report ${words}`, timeoutMs: 60_000 },
  )
}
