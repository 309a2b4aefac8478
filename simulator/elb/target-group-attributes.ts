import type {
  DescribeTargetGroupAttributesCommandOutput,
  TargetGroupAttribute,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Answer } from '../ecs/answers/wire.ts'
import type { Engine } from '../ecs/engine.ts'
import { type Input, objectList, optionalText } from '../ecs/requests/input.ts'
import { AwsError } from '../http/types.ts'
import { targetGroupAt } from './find.ts'
import { text } from './input.ts'
import type { TargetGroupRecord } from './records.ts'

const delay = 'deregistration_delay.timeout_seconds'

export function describeTargetGroupAttributes(
  engine: Engine,
  input: Input,
): Answer<DescribeTargetGroupAttributesCommandOutput> {
  return { Attributes: attributesOf(targetGroupAt(engine, text(input, 'TargetGroupArn'))) }
}

/** Stores every attribute. Only the deregistration delay has an effect. */
export function modifyTargetGroupAttributes(
  engine: Engine,
  input: Input,
): Answer<DescribeTargetGroupAttributesCommandOutput> {
  const group = targetGroupAt(engine, text(input, 'TargetGroupArn'))
  const given = objectList(input, 'Attributes').map(
    (attribute) => [text(attribute, 'Key'), optionalText(attribute, 'Value') ?? ''] as const,
  )
  for (const [key, value] of given) {
    if (key === delay && !(/^\d+$/.test(value) && Number(value) <= 3600)) {
      throw new AwsError(
        'ValidationError',
        `${delay} must be a whole number of seconds from 0 to 3600, but is '${value}'`,
      )
    }
  }
  Object.assign(group.attributes, Object.fromEntries(given))
  return { Attributes: attributesOf(group) }
}

function attributesOf(group: TargetGroupRecord): TargetGroupAttribute[] {
  return Object.entries(group.attributes).map(([Key, Value]) => ({ Key, Value }))
}
