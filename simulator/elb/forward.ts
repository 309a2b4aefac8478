import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Engine } from '../ecs/engine.ts'
import { type Input, objectList, optionalObject, optionalText } from '../ecs/requests/input.ts'
import { AwsError } from '../http/types.ts'
import { targetGroupAt } from './find.ts'
import { optionalInteger, text } from './input.ts'
import type { RuleRecord } from './records.ts'

/**
 * Reads the single action of a rule, which must forward to one target group, or to several with
 * weights (`ForwardActionConfig` in the ELBv2 API).
 *
 * @throws ValidationError for other actions, which are not modelled.
 */
export function forwardIn(engine: Engine, input: Input, field: string): RuleRecord['forward'] {
  const [action, ...more] = objectList(input, field)
  if (action === undefined || more.length > 0 || text(action, 'Type') !== 'forward') {
    throw new AwsError(
      'ValidationError',
      `The simulator models only rules with a single action of type 'forward', but ${field} has something else`,
    )
  }
  const config = optionalObject(action, 'ForwardConfig')
  const groups = config === undefined ? [] : objectList(config, 'TargetGroups')
  const single = optionalText(action, 'TargetGroupArn')
  const forward =
    groups.length > 0 || single === undefined
      ? groups.map((group) => ({
          targetGroupArn: text(group, 'TargetGroupArn'),
          weight: optionalInteger(group, 'Weight', [0, 999]) ?? 1,
        }))
      : [{ targetGroupArn: single, weight: 1 }]
  if (forward.length === 0 || forward.length > 5) {
    throw new AwsError('ValidationError', 'A forward action must have 1 to 5 target groups')
  }
  for (const { targetGroupArn } of forward) targetGroupAt(engine, targetGroupArn)
  return forward
}

/** A forward action as ELBv2 returns it. */
export function actionsOf(forward: RuleRecord['forward']): Action[] {
  const [first, ...more] = forward
  return [
    {
      Type: 'forward',
      ...(first !== undefined && more.length === 0 && { TargetGroupArn: first.targetGroupArn }),
      ForwardConfig: {
        TargetGroups: forward.map(({ targetGroupArn, weight }) => ({
          TargetGroupArn: targetGroupArn,
          Weight: weight,
        })),
        TargetGroupStickinessConfig: { Enabled: false },
      },
    },
  ]
}
