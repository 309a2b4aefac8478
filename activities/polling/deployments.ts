import type { ECSClient, ServiceDeployment } from '@aws-sdk/client-ecs'
import type { ObservedServiceDeployment } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { isDenied, isUnknownOperation } from '../aws/errors.ts'
import {
  describeServiceDeployments,
  digestsOfRevision,
  observedRecord,
  serviceDeployments,
  serviceRevisions,
} from '../ecs/service-deployments.ts'
import type { RateLimiter, When } from './rate-limiter.ts'
import { createBatcher } from './batcher.ts'
import { createSingleCalls, type SingleCalls } from './single-calls.ts'

type Record = ObservedServiceDeployment

/** Service deployment records, of whatever services and clusters. */
export interface Deployments {
  /** One by its ARN, without what only its revision tells. */
  record(arn: string, when: When): Promise<Record | 'unavailable'>
  /** The same with the digests that ECS has resolved for its revision. */
  withDigests(record: Record, when: When): Promise<Record>
  /** The newest of a service. */
  newest(
    which: { cluster: string; service: string; also: string | undefined },
    when: When,
  ): Promise<readonly Record[] | 'unavailable'>
}

/** `DescribeServiceDeployments` takes at most 20. */
const batch = 20

export function createDeployments(clients: AwsClients, gate: RateLimiter): Deployments {
  const inTurn = createSingleCalls(gate)
  const lane = createBatcher<ServiceDeployment | undefined>({
    gate,
    batch: () => batch,
    async send(arns, signal) {
      const records = await describeServiceDeployments(clients, arns, signal)
      const found = new Map(records.map((record) => [record.serviceDeploymentArn, record]))
      return (arn) => found.get(arn)
    },
  })
  return {
    async record(arn, when) {
      try {
        const record = await lane.ask(arn, when)
        return record === undefined ? 'unavailable' : observedRecord(record, new Map())
      } catch (error) {
        if (isUnknownOperation(error) || isDenied(error)) return 'unavailable'
        throw error
      }
    },
    async withDigests(record, when) {
      const arn = record.targetRevisionArn
      const revisions = await serviceRevisions(takingTurns(clients, inTurn, when), [arn])
      return { ...record, targetDigests: digestsOfRevision(revisions.get(arn)) }
    },
    newest: (which, when) =>
      serviceDeployments(takingTurns(clients, inTurn, when), {
        ...which,
        abortSignal: when.signal,
      }),
  }
}

/** The same clients, where each call to ECS waits for its turn. */
function takingTurns(clients: AwsClients, inTurn: SingleCalls, when: When): AwsClients {
  const send = (...call: Parameters<ECSClient['send']>) =>
    inTurn(when, async () => await clients.ecs.send(call[0], call[1]))
  const ecs = Object.create(clients.ecs, { send: { value: send } }) as ECSClient
  return { ...clients, ecs }
}
