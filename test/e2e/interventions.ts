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
import { pendingActivities } from '../../client/pending.ts'
import { until } from '../../local/process/until.ts'
import { releaseStatus } from '../../contract/messages.ts'
import type { Berth } from './example-environment.ts'
import type { Yard } from './local-stack.ts'

/** What others do to an environment while Slipway works on it. */

/** What goes wrong with calls to AWS, as the simulator's `faults` take it, until it is lifted. */
export async function goWrong(
  yard: Yard,
  fault: { readonly operation: string; readonly kind: string; readonly about?: string } & Readonly<
    Record<string, unknown>
  >,
): Promise<() => Promise<void>> {
  const faults = `${yard.stack.aws}/_simulator/faults`
  const body = JSON.stringify({ count: 'forever', ...fault })
  const added = await fetch(faults, { method: 'POST', body })
  assert.equal(added.status, 200, await added.clone().text())
  const { id } = (await added.json()) as { id: string }
  return async () => {
    const gone = await fetch(`${faults}/${id}`, { method: 'DELETE' })
    assert.equal(gone.status, 200)
  }
}

/**
 * Lets no UpdateService of one ECS service through, so that a release stands before that step,
 * retrying, until the hold is let go.
 */
export function holdUpdates(yard: Yard, service: string): Promise<() => Promise<void>> {
  return goWrong(yard, { operation: 'ECS:UpdateService', kind: 'error5xx', about: service })
}

/** As an operator would in the middle of an incident. */
export async function turnOffCircuitBreakers(yard: Yard, berth: Berth): Promise<void> {
  for (const { service } of berth.names.services) {
    await yard.aws.ecs.send(
      new UpdateServiceCommand({
        cluster: berth.names.cluster,
        service,
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: false, rollback: false } },
      }),
    )
  }
}

/**
 * As a colleague with the AWS CLI would: a revision of a service's own, with a variable more than
 * that which is given.
 */
export async function deployByHand(
  yard: Yard,
  berth: Berth,
  { service, basis }: { readonly service: string; readonly basis: string },
): Promise<void> {
  const { ecs } = yard.aws
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: basis }),
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
      cluster: berth.names.cluster,
      service,
      taskDefinition: registered.taskDefinition?.taskDefinitionArn,
    }),
  )
}

/** As scripts do that tidy up old revisions: nothing can be deployed from it any more. */
export async function deregister(yard: Yard, taskDefinition: string): Promise<void> {
  await yard.aws.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
}

/** A revision of the API's family whose image the registry does not have: `mailman-api:7`. */
export async function registerLostImage(yard: Yard, berth: Berth): Promise<string> {
  const image = `${berth.seeded.repositoryUri}@sha256:${'0'.repeat(64)}`
  const family = `${berth.environment}-api`
  const { taskDefinition } = await yard.aws.ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [{ name: 'api', image, essential: true, memory: 64 }],
    }),
  )
  return `${family}:${taskDefinition?.revision}`
}

/** As somebody might who takes the wrong one for a leftover. */
export async function deleteService(yard: Yard, berth: Berth, service: string): Promise<void> {
  const { cluster } = berth.names
  await yard.aws.ecs.send(new DeleteServiceCommand({ cluster, service, force: true }))
}

/** As a lifecycle policy might. */
export async function deleteImage(yard: Yard, berth: Berth, tag: string): Promise<void> {
  const { repository: repositoryName } = berth.names
  const imageDigest = await digestOfTag(yard, berth, tag)
  await yard.aws.ecr.send(
    new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageDigest }] }),
  )
  const { images } = await yard.aws.ecr.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest }] }),
  )
  assert.deepEqual(images ?? [], [], 'the image is gone')
}

export async function digestOfTag(yard: Yard, berth: Berth, imageTag: string): Promise<string> {
  const { repository: repositoryName } = berth.names
  const { imageDetails } = await yard.aws.ecr.send(
    new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] }),
  )
  return imageDetails?.[0]?.imageDigest ?? assert.fail(`${imageTag} has no digest`)
}

/** Until a release stands at a step: `deploy api`, for instance. */
export async function untilAtStep(yard: Yard, id: string, name: string, subject?: string) {
  const handle = yard.temporal.workflow.getHandle(id)
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

/** Until what a release waits for has said something in a heartbeat. */
export async function untilSaid(yard: Yard, id: string, words: RegExp) {
  const handle = yard.temporal.workflow.getHandle(id)
  await until(
    async () => {
      const pending = await pendingActivities(yard.temporal, await handle.describe())
      return words.test(JSON.stringify(pending))
    },
    { what: `${id} to say ${words}`, timeoutMs: 60_000 },
  )
}
