import type { ECSClient, ServiceDeployment } from '@aws-sdk/client-ecs'
import type { ObservedServiceDeployment } from '../../rollout/observation.ts'
import type { AwsClients } from '../aws/clients.ts'
import { isDenied, isUnknownOperation } from '../aws/errors.ts'
import {
  describeServiceDeployments,
  observedRecord,
  serviceDeployments,
  serviceDeploymentsPerCall,
} from '../ecs/service-deployments.ts'
import { digestsOfRevision, serviceRevisions } from '../ecs/service-revisions.ts'
import { createBatcher } from './batcher.ts'
import type { RateLimiter, RequestTiming } from './rate-limiter.ts'
import { createSingleCalls, type SingleCalls } from './single-calls.ts'

/** Service deployment records of all services and clusters. */
export interface Deployments {
  /** One record by its ARN, without the fields that come from its service revision. */
  record(arn: string, timing: RequestTiming): Promise<ObservedServiceDeployment | 'unavailable'>
  /** The same record with the digests that ECS has resolved for its service revision. */
  withDigests(
    record: ObservedServiceDeployment,
    timing: RequestTiming,
  ): Promise<ObservedServiceDeployment>
  /** The newest records of a service. */
  newest(
    which: { cluster: string; service: string; also: string | undefined },
    timing: RequestTiming,
  ): Promise<readonly ObservedServiceDeployment[] | 'unavailable'>
}

export function createDeployments(clients: AwsClients, limiter: RateLimiter): Deployments {
  const singleCalls = createSingleCalls(limiter)
  const batcher = createBatcher<ServiceDeployment | undefined>({
    limiter,
    batchSize: () => serviceDeploymentsPerCall,
    async send(arns, signal) {
      const records = await describeServiceDeployments(clients, arns, signal)
      const found = new Map(records.map((record) => [record.serviceDeploymentArn, record]))
      return (arn) => found.get(arn)
    },
  })
  return {
    async record(arn, timing) {
      try {
        const record = await batcher.request(arn, timing)
        return record === undefined ? 'unavailable' : observedRecord(record, new Map())
      } catch (error) {
        if (isUnknownOperation(error) || isDenied(error)) return 'unavailable'
        throw error
      }
    },
    async withDigests(record, timing) {
      const arn = record.targetRevisionArn
      const revisions = await serviceRevisions(rateLimited(clients, singleCalls, timing), [arn])
      return { ...record, targetDigests: digestsOfRevision(revisions.get(arn)) }
    },
    newest: (which, timing) =>
      serviceDeployments(rateLimited(clients, singleCalls, timing), {
        ...which,
        abortSignal: timing.signal,
      }),
  }
}

/** The same clients, with every call to ECS rate-limited. */
function rateLimited(
  clients: AwsClients,
  singleCalls: SingleCalls,
  timing: RequestTiming,
): AwsClients {
  const send = (...call: Parameters<ECSClient['send']>) =>
    singleCalls(timing, async () => await clients.ecs.send(call[0], call[1]))
  const ecs = Object.create(clients.ecs, { send: { value: send } }) as ECSClient
  return { ...clients, ecs }
}
