import type {
  DescribeTargetHealthCommandOutput,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Answer } from '../ecs/answers/wire.ts'
import type { Engine } from '../ecs/engine.ts'
import { type Input, objectList } from '../ecs/requests/input.ts'
import { targetGroupAt } from './find.ts'
import { optionalInteger, text } from './input.ts'
import type { TargetRecord } from './records.ts'

/** All targets, or those in the request. A target that is not registered is `unused`. */
export function describeTargetHealth(
  engine: Engine,
  input: Input,
): Answer<DescribeTargetHealthCommandOutput> {
  const group = targetGroupAt(engine, text(input, 'TargetGroupArn'))
  const now = engine.clock.now()
  const registered = group.targets.filter(({ drainUntil = Infinity }) => drainUntil > now)
  const requested = objectList(input, 'Targets')
  if (requested.length === 0)
    return { TargetHealthDescriptions: registered.map((target) => healthAnswer(engine, target)) }
  return {
    TargetHealthDescriptions: requested.map((one) => {
      const id = text(one, 'Id')
      const port = optionalInteger(one, 'Port', [1, 65_535]) ?? group.port
      const target = registered.find((known) => known.id === id && known.port === port)
      return target === undefined ? notRegistered(id, port) : healthAnswer(engine, target)
    }),
  }
}

function healthAnswer(engine: Engine, target: TargetRecord): TargetHealthDescription {
  return {
    Target: { Id: target.id, Port: target.port, AvailabilityZone: `${engine.region}a` },
    HealthCheckPort: String(target.port),
    TargetHealth: {
      State: target.state,
      Reason: target.reason,
      Description: target.description,
    },
  }
}

function notRegistered(id: string, port: number): TargetHealthDescription {
  return {
    Target: { Id: id, Port: port },
    TargetHealth: {
      State: 'unused',
      Reason: 'Target.NotRegistered',
      Description: 'Target is not registered to the target group',
    },
  }
}
