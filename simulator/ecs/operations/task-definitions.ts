import type {
  DeregisterTaskDefinitionCommandOutput,
  DescribeTaskDefinitionCommandOutput,
  ListTaskDefinitionFamiliesCommandOutput,
  ListTaskDefinitionsCommandOutput,
} from '@aws-sdk/client-ecs'
import { AwsError } from '../../http/types.ts'
import { taskDefinitionAnswer } from '../answers/task-definition.ts'
import type { Answer } from '../answers/wire.ts'
import type { Engine } from '../engine.ts'
import { optionalText, optionalWord, text, textList, type Input } from '../requests/input.ts'
import { findTaskDefinition } from '../requests/lookup.ts'
import { page } from '../requests/paging.ts'

/** @throws ClientException if there is no such revision, or no ACTIVE one of the family. */
export function describeTaskDefinition(
  engine: Engine,
  input: Input,
): Answer<DescribeTaskDefinitionCommandOutput> {
  const record = findTaskDefinition(engine, text(input, 'taskDefinition'))
  if (record === undefined) {
    throw new AwsError('ClientException', 'Unable to describe task definition.')
  }
  return {
    taskDefinition: taskDefinitionAnswer(record),
    tags: textList(input, 'include').includes('TAGS') ? record.tags : undefined,
  }
}

/** Ordered by family and then revision. `familyPrefix` is a whole family name, as on AWS. */
export function listTaskDefinitions(
  engine: Engine,
  input: Input,
): Answer<ListTaskDefinitionsCommandOutput> {
  const family = optionalText(input, 'familyPrefix')
  const status = optionalWord(input, 'status', ['ACTIVE', 'INACTIVE']) ?? 'ACTIVE'
  const families = Object.entries(engine.state.taskDefinitions)
    .filter(([name]) => family === undefined || name === family)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
  const arns = families
    .flatMap(([, revisions]) => revisions)
    .filter((record) => record.status === status)
    .map(({ arn }) => arn)
  if (optionalWord(input, 'sort', ['ASC', 'DESC']) === 'DESC') arns.reverse()
  const { items, nextToken } = page(arns, input)
  return { taskDefinitionArns: items, nextToken }
}

export function listTaskDefinitionFamilies(
  engine: Engine,
  input: Input,
): Answer<ListTaskDefinitionFamiliesCommandOutput> {
  const prefix = optionalText(input, 'familyPrefix') ?? ''
  const status = optionalWord(input, 'status', ['ACTIVE', 'INACTIVE', 'ALL']) ?? 'ALL'
  const families = Object.entries(engine.state.taskDefinitions)
    .filter(([name, revisions]) => {
      const isActive = revisions.some((record) => record.status === 'ACTIVE')
      return name.startsWith(prefix) && (status === 'ALL' || isActive === (status === 'ACTIVE'))
    })
    .map(([name]) => name)
    .toSorted()
  const { items, nextToken } = page(families, input)
  return { families: items, nextToken }
}

/** Services that use the task definition keep it, but it can no longer be given to a service. */
export function deregisterTaskDefinition(
  engine: Engine,
  input: Input,
): Answer<DeregisterTaskDefinitionCommandOutput> {
  const reference = text(input, 'taskDefinition')
  if (!/:\d+$/.test(reference)) {
    throw new AwsError('InvalidParameterException', 'Revision is missing.')
  }
  const record = findTaskDefinition(engine, reference)
  if (record === undefined) {
    throw new AwsError('ClientException', 'Unable to describe task definition.')
  }
  record.status = 'INACTIVE'
  record.deregisteredAt ??= engine.clock.now()
  return { taskDefinition: taskDefinitionAnswer(record) }
}
