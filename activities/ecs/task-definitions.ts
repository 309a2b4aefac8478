import { shortName } from '../../rollout/arn.ts'
import {
  DescribeTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Tag,
  type TaskDefinition,
} from '@aws-sdk/client-ecs'
import { ApplicationFailure } from '@temporalio/common'
import type { ServiceSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure } from '../temporal/failures.ts'
import { errorName } from '../aws/errors.ts'

export interface DescribedTaskDefinition {
  readonly arn: string
  readonly definition: TaskDefinition
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
  const answer = await clients.ecs
    .send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ['TAGS'] }))
    .catch((error: unknown) => {
      // ECS's answer for a deleted revision and for a family without an ACTIVE revision.
      if (errorName(error) !== 'ClientException') throw error
      throw failure(
        'PreconditionFailed',
        `ECS has no task definition "${taskDefinition}", or the family has no ACTIVE revision. Register one (with Terraform, or "aws ecs register-task-definition") and try again.`,
      )
    })
  const arn = answer.taskDefinition?.taskDefinitionArn
  if (answer.taskDefinition === undefined || arn === undefined) {
    throw failure(
      'PreconditionFailed',
      `ECS described task definition "${taskDefinition}" without its ARN. Check it with "aws ecs describe-task-definition --task-definition ${taskDefinition}", and try again.`,
    )
  }
  return { arn, definition: answer.taskDefinition, tags: answer.tags ?? [] }
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

/**
 * Every field that `RegisterTaskDefinition` takes. If a newer SDK adds a field, this no longer
 * compiles, since a field missing here would be lost from the user's task definition.
 */
const registrable = {
  containerDefinitions: true,
  cpu: true,
  enableFaultInjection: true,
  ephemeralStorage: true,
  executionRoleArn: true,
  family: true,
  inferenceAccelerators: true,
  ipcMode: true,
  memory: true,
  networkMode: true,
  pidMode: true,
  placementConstraints: true,
  proxyConfiguration: true,
  requiresCompatibilities: true,
  runtimePlatform: true,
  taskRoleArn: true,
  volumes: true,
} satisfies Record<Exclude<keyof RegisterTaskDefinitionCommandInput, 'tags'>, true>

export type Registrable = Omit<RegisterTaskDefinitionCommandInput, 'tags'>

/** The part of a task definition that can be registered, without the fields that ECS adds. */
export function registrablePart(definition: TaskDefinition): Registrable {
  const part = Object.fromEntries(
    Object.entries(definition).filter(
      ([field, value]) => Object.hasOwn(registrable, field) && value !== undefined,
    ),
  )
  return {
    ...part,
    family: definition.family,
    containerDefinitions: definition.containerDefinitions,
  }
}

/** A task definition with other images, by container name. */
export function withImages(
  definition: Registrable,
  images: Readonly<Record<string, string>>,
): Registrable {
  return {
    ...definition,
    containerDefinitions: (definition.containerDefinitions ?? []).map((container) => {
      const image = images[container.name ?? '']
      return image === undefined ? container : { ...container, image }
    }),
  }
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
