import { type RequestedRevision, usableRevision } from './usable-revision.ts'
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
  /** From the ledger; absent if the ledger does not have them. */
  readonly revisions?: readonly Revision[]
  /** `mailman-api:41` or its ARN. Absent: the last one that succeeded before the live one. */
  readonly to?: string
}

/**
 * The revisions that a rollback must run. Checks that each one exists, is ACTIVE, belongs to the
 * family of its service, and has its image in the registry. Reads only.
 *
 * Fails as `PreconditionFailed` with all findings.
 */
export async function resolveRollback(
  clients: AwsClients,
  input: ResolveRollbackInput,
): Promise<readonly Revision[]> {
  const { spec } = input
  const names = spec.services.map(({ ecsService }) => ecsService)
  const described = await describeServices(clients, spec.cluster, names)
  const requested = await requestedRevisions(clients, input, described)
  const checked = await Promise.all(
    requested.map((one) =>
      usableRevision(clients, {
        spec,
        described: described.get(one.service.ecsService),
        ...one,
      }),
    ),
  )
  const findings = checked.flatMap((one) => ('finding' in one ? [one.finding] : []))
  if (findings.length > 0) throw rejection(findings)
  return checked.flatMap((one) => ('revision' in one ? [one.revision] : []))
}

async function requestedRevisions(
  clients: AwsClients,
  { spec, revisions, to }: ResolveRollbackInput,
  described: ReadonlyMap<string, Service>,
): Promise<readonly RequestedRevision[]> {
  if (revisions !== undefined) {
    return revisions.flatMap(({ service: name, taskDefinition, digests }) => {
      const service = spec.services.find((one) => one.name === name)
      return service === undefined ? [] : [{ service, taskDefinition, digests }]
    })
  }
  return to === undefined
    ? await lastGoodRevisions(clients, spec)
    : servicesOfFamily(spec, described, to)
}

async function lastGoodRevisions(
  clients: AwsClients,
  spec: EnvironmentSpec,
): Promise<readonly RequestedRevision[]> {
  const found = await Promise.all(
    spec.services.map(async (service): Promise<readonly RequestedRevision[]> => {
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
  const revisions = found.flat()
  if (revisions.length > 0) return revisions
  throw failure(
    'PreconditionFailed',
    `There is nothing to roll back to: no release has succeeded in ${spec.environment} yet, and ECS has no record of an earlier successful service deployment with another revision (it keeps them for 90 days). Choose a revision with "slipway revisions ${spec.environment} <service>", then run "slipway rollback ${spec.environment} --to <family>:<revision>".`,
  )
}

function servicesOfFamily(
  spec: EnvironmentSpec,
  described: ReadonlyMap<string, Service>,
  to: string,
): readonly RequestedRevision[] {
  const families = spec.services.map((service) => {
    const taskDefinition = described.get(service.ecsService)?.taskDefinition
    return { service, family: taskDefinition === undefined ? undefined : familyOf(taskDefinition) }
  })
  const matching = families.filter(({ family }) => family === familyOf(to))
  if (matching.length > 0) {
    return matching.map(({ service }) => ({ service, taskDefinition: to, digests: {} }))
  }
  const known = families.map(
    ({ service, family }) => `${service.ecsService} runs ${family ?? 'no known family'}`,
  )
  throw failure(
    'PreconditionFailed',
    `Task definition ${shortName(to)} belongs to family "${familyOf(to)}", which no service of ${spec.environment} runs (${known.join(', ')}). Choose one of their revisions: slipway revisions ${spec.environment} <service>`,
  )
}
