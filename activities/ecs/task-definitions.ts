import { shortName } from '../../rollout/arn.ts'
import { DescribeTaskDefinitionCommand, type Tag, type TaskDefinition } from '@aws-sdk/client-ecs'
import { ApplicationFailure } from '@temporalio/common'
import type { ServiceSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure } from '../temporal/failures.ts'
import { errorName } from '../aws/errors.ts'
import { keepAnswer, keepAnswerOptions } from '../aws/raw-body.ts'
import type { TaskDefinitionDocument } from './task-definition-document.ts'

export interface DescribedTaskDefinition {
  readonly arn: string
  /** To read the fields that the SDK knows. */
  readonly definition: TaskDefinition
  /** To copy and to compare: with every field that ECS returned. */
  readonly document: TaskDefinitionDocument
  readonly tags: readonly Tag[]
}

/**
 * A task definition by ARN or `family:revision`; for a bare family, its newest ACTIVE revision
 * (ECS API reference, `DescribeTaskDefinition`).
 */
export async function describeTaskDefinition(
  clients: AwsClients,
  taskDefinition: string,
): Promise<DescribedTaskDefinition> {
  const command = new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] })
  const kept = keepAnswer()
  command.middlewareStack.add(kept.middleware, keepAnswerOptions)
  const answer = await clients.ecs.send(command).catch((error: unknown) => {
    // ECS's answer for a deleted revision and for a family without an ACTIVE revision.
    if (errorName(error) !== 'ClientException') throw error
    throw failure(
      'PreconditionFailed',
      `ECS has no task definition "${shortName(taskDefinition)}", or the family has no ACTIVE revision. Register one (with Terraform, or "aws ecs register-task-definition") and try again.`,
    )
  })
  const document = kept.object('taskDefinition')
  const arn = answer.taskDefinition?.taskDefinitionArn
  if (answer.taskDefinition === undefined || arn === undefined || document === undefined) {
    throw failure(
      'PreconditionFailed',
      `ECS described task definition "${taskDefinition}" without its ARN. Check it with "aws ecs describe-task-definition --task-definition ${taskDefinition}", and try again.`,
    )
  }
  return { arn, definition: answer.taskDefinition, document, tags: answer.tags ?? [] }
}

/** Like {@link describeTaskDefinition}, but undefined if ECS has no such task definition. */
export async function findTaskDefinition(
  clients: AwsClients,
  taskDefinition: string,
): Promise<DescribedTaskDefinition | undefined> {
  return await describeTaskDefinition(clients, taskDefinition).catch((error: unknown) => {
    if (error instanceof ApplicationFailure && error.type === 'PreconditionFailed') return undefined
    throw error
  })
}

/** One message for each configured container that the task definition does not have. */
export function missingContainers(service: ServiceSpec, found: DescribedTaskDefinition): string[] {
  const existing = (found.definition.containerDefinitions ?? []).map(({ name = '' }) => name)
  const quoted = existing.map((name) => `"${name}"`).join(', ')
  return Object.keys(service.containers)
    .filter((name) => !existing.includes(name))
    .map(
      (name) =>
        `Service "${service.name}" names container "${name}", but task definition ${shortName(found.arn)} has ${quoted}. Correct "containers" of the service in slipway.yaml.`,
    )
}
