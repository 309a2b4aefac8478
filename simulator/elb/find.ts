import type { Engine } from '../ecs/engine.ts'
import { AwsError } from '../http/types.ts'
import type { TargetGroupRecord } from './records.ts'

/** @throws TargetGroupNotFound (in ELBv2's words) where there is none with this ARN. */
export function targetGroupAt(engine: Engine, arn: string): TargetGroupRecord {
  const group = engine.world.targetGroups[arn]
  if (group === undefined) {
    throw new AwsError('TargetGroupNotFound', `Target groups '${arn}' not found`)
  }
  return group
}
