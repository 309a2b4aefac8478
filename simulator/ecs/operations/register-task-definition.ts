import type { ContainerDefinition, RegisterTaskDefinitionCommandOutput } from '@aws-sdk/client-ecs'
import { AwsError } from '../../http/types.ts'
import { ecsArn } from '../arns.ts'
import { taskDefinitionAnswer } from '../answers/task-definition.ts'
import type { Answer } from '../answers/wire.ts'
import type { Engine } from '../engine.ts'
import { objectList, optionalText, text, type Input } from '../requests/input.ts'
import type { TaskDefinitionRecord } from '../records.ts'
import { tagList } from './tags.ts'

/**
 * Registers the next revision of a family. Every field is stored and returned; fields that are not
 * modelled have no other effect.
 *
 * @throws ClientException for a family name or containers that ECS would reject.
 */
export function registerTaskDefinition(
  engine: Engine,
  input: Input,
): Answer<RegisterTaskDefinitionCommandOutput> {
  const family = text(input, 'family')
  if (!/^[\w-]{1,255}$/.test(family)) {
    throw new AwsError('ClientException', 'Family contains invalid characters.')
  }
  const networkMode = optionalText(input, 'networkMode')
  const containers = objectList(input, 'containerDefinitions').map((container) =>
    withDefaults(container, networkMode),
  )
  checkContainers(containers)
  const revisions = (engine.state.taskDefinitions[family] ??= [])
  const revision = (revisions.at(-1)?.revision ?? 0) + 1
  const { tags: _tags, containerDefinitions: _containers, ...rest } = input
  const record: TaskDefinitionRecord = {
    arn: ecsArn(engine, `task-definition/${family}:${revision}`),
    family,
    revision,
    status: 'ACTIVE',
    registeredAt: engine.clock.now(),
    containers,
    rest: {
      volumes: [],
      placementConstraints: [],
      compatibilities: networkMode === 'awsvpc' ? ['EC2', 'FARGATE'] : ['EXTERNAL', 'EC2'],
      registeredBy: `arn:aws:iam::${engine.account}:root`,
      ...rest,
    },
    tags: tagList(input),
  }
  revisions.push(record)
  return { taskDefinition: taskDefinitionAnswer(record), tags: record.tags }
}

/** Fills in ECS's defaults: a client that compares two revisions finds them on both sides. */
function withDefaults(container: Input, networkMode: string | undefined): ContainerDefinition {
  const isOwnNetwork = networkMode === 'awsvpc' || networkMode === 'host'
  return {
    cpu: 0,
    essential: true,
    environment: [],
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...container,
    portMappings: objectList(container, 'portMappings').map((mapping) => ({
      hostPort: isOwnNetwork ? mapping['containerPort'] : 0,
      protocol: 'tcp',
      ...mapping,
    })) as ContainerDefinition['portMappings'],
  }
}

function checkContainers(containers: readonly ContainerDefinition[]): void {
  if (containers.length === 0) {
    throw new AwsError('ClientException', 'Container definitions should not be null or empty.')
  }
  for (const { name, image } of containers) {
    if (typeof name !== 'string' || name === '') {
      throw new AwsError('ClientException', 'Container.name should not be null or empty.')
    }
    if (typeof image !== 'string' || image === '') {
      throw new AwsError('ClientException', 'Container.image should not be null or empty.')
    }
  }
  if (!containers.some(({ essential }) => essential === true)) {
    throw new AwsError(
      'ClientException',
      'Task definition must have at least one essential container.',
    )
  }
}
