import { type WantedRevision, usableRevision } from './check.ts'
import type { Service } from '@aws-sdk/client-ecs'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { lastGoodBefore } from '../../rollout/last-good.ts'
import type { AwsClients } from '../aws/clients.ts'
import { failure, rejection } from '../temporal/failures.ts'
import { observe } from '../ecs/observe.ts'
import { describeServices } from '../ecs/services.ts'
import { familyOf, shortName } from '../../rollout/arn.ts'
import type { Revision } from '../../contract/activity-types.ts'

export interface ResolveRollbackInput {
  readonly spec: EnvironmentSpec
  /** Of the ledger; absent where that knows nothing of what is asked for. */
  readonly revisions?: readonly Revision[]
  /** `mailman-api:41` or its ARN; absent: what ran well before the live one, as ECS knows it. */
  readonly to?: string
}

/**
 * What a rollback has to make run, checked: each revision is there and ACTIVE, belongs to the
 * family of its service, and its image is in the registry. Reads only.
 *
 * Fails as `PreconditionFailed`, with all that stands in the way.
 */
export async function resolveRollback(
  clients: AwsClients,
  input: ResolveRollbackInput,
): Promise<readonly Revision[]> {
  const { spec } = input
  const names = spec.services.map(({ ecsService }) => ecsService)
  const described = await describeServices(clients, spec.cluster, names)
  const wanted = await wantedRevisions(clients, input, described)
  const checked = await Promise.all(wanted.map((one) => usableRevision(clients, { spec, ...one })))
  const findings = checked.flatMap((one) => ('finding' in one ? [one.finding] : []))
  if (findings.length > 0) throw rejection(findings)
  return checked.flatMap((one) => ('revision' in one ? [one.revision] : []))
}

async function wantedRevisions(
  clients: AwsClients,
  { spec, revisions, to }: ResolveRollbackInput,
  described: ReadonlyMap<string, Service>,
): Promise<readonly WantedRevision[]> {
  if (revisions !== undefined) {
    return revisions.flatMap(({ service: name, taskDefinition, digests }) => {
      const service = spec.services.find((one) => one.name === name)
      return service === undefined ? [] : [{ service, taskDefinition, digests }]
    })
  }
  return to === undefined
    ? await lastGoodOnes(clients, spec)
    : servicesOfFamily(spec, described, to)
}

async function lastGoodOnes(
  clients: AwsClients,
  spec: EnvironmentSpec,
): Promise<readonly WantedRevision[]> {
  const found = await Promise.all(
    spec.services.map(async (service): Promise<readonly WantedRevision[]> => {
      const observation = await observe(clients, {
        cluster: spec.cluster,
        service: service.ecsService,
      })
      const good = lastGoodBefore(observation)
      return good === undefined
        ? []
        : [{ service, taskDefinition: good.targetTaskDefinition, digests: good.targetDigests }]
    }),
  )
  const wanted = found.flat()
  if (wanted.length > 0) return wanted
  throw failure(
    'PreconditionFailed',
    `There is nothing to go back to: no release has succeeded in ${spec.environment} yet, and ECS has no record of a service deployment that succeeded with another revision before the live one (it keeps them for 90 days). Name a revision: slipway rollback ${spec.environment} --to <family>:<revision> (see: slipway revisions ${spec.environment} <service>).`,
  )
}

function servicesOfFamily(
  spec: EnvironmentSpec,
  described: ReadonlyMap<string, Service>,
  to: string,
): readonly WantedRevision[] {
  const families = spec.services.map((service) => {
    const taskDefinition = described.get(service.ecsService)?.taskDefinition
    return { service, family: taskDefinition === undefined ? undefined : familyOf(taskDefinition) }
  })
  const matching = families.filter(({ family }) => family === familyOf(to))
  if (matching.length > 0) {
    return matching.map(({ service }) => ({ service, taskDefinition: to, digests: {} }))
  }
  const known = families.map(
    ({ service, family }) => `${service.ecsService} runs ${family ?? 'nothing that is known'}`,
  )
  throw failure(
    'PreconditionFailed',
    `Task definition ${shortName(to)} belongs to family "${familyOf(to)}", which no service of ${spec.environment} runs (${known.join(', ')}). Name a revision of one of theirs: slipway revisions ${spec.environment} <service>.`,
  )
}
