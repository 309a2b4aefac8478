import type { ListTagsForResourceCommandOutput, Tag } from '@aws-sdk/client-ecs'
import { AwsError } from '../../http/types.ts'
import type { Answer } from '../answers/wire.ts'
import type { Engine } from '../engine.ts'
import { objectList, optionalText, text, textList, type Input } from '../requests/input.ts'

/** `tags` of a request. */
export function tagList(input: Input): Tag[] {
  return objectList(input, 'tags').map((tag) => ({
    key: optionalText(tag, 'key') ?? '',
    value: optionalText(tag, 'value') ?? '',
  }))
}

/** Adds tags to a cluster, a service or a task definition. Tags with the same key are replaced. */
export function tagResource(engine: Engine, input: Input): object {
  const resource = taggedResource(engine, input)
  const added = tagList(input)
  const keys = new Set(added.map(({ key }) => key))
  resource.tags = [...resource.tags.filter(({ key }) => !keys.has(key)), ...added]
  return {}
}

export function untagResource(engine: Engine, input: Input): object {
  const resource = taggedResource(engine, input)
  const keys = textList(input, 'tagKeys')
  resource.tags = resource.tags.filter(({ key }) => !keys.includes(key ?? ''))
  return {}
}

export function listTagsForResource(
  engine: Engine,
  input: Input,
): Answer<ListTagsForResourceCommandOutput> {
  return { tags: taggedResource(engine, input).tags }
}

function taggedResource(engine: Engine, input: Input): { tags: Tag[] } {
  const arn = text(input, 'resourceArn')
  const { clusters, services, taskDefinitions } = engine.state
  const found =
    services[arn] ??
    Object.values(clusters).find((cluster) => cluster.arn === arn) ??
    Object.values(taskDefinitions)
      .flat()
      .find((definition) => definition.arn === arn)
  if (found === undefined) {
    throw new AwsError(
      'InvalidParameterException',
      `The specified resource ${arn} is not a known cluster, service or task definition.`,
    )
  }
  return found
}
