import type { EnvironmentSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import { shortName } from '../../rollout/arn.ts'
import { namedPaths } from '../ecs/field-path.ts'
import type { DifferentRevision, RevisionBase } from '../revisions/base.ts'
import type { Owner } from '../revisions/owner.ts'

/** What a release leaves out, as messages for the requester. Names of fields, never their values. */
export function baseWarnings(
  { cluster }: EnvironmentSpec,
  service: ServiceSpec,
  { running, pending, foreign }: RevisionBase,
): string[] {
  const warnings: string[] = []
  if (pending !== undefined && service.revision?.base !== 'newest') {
    const newer = shortName(pending.revision.arn)
    warnings.push(
      `${difference(service, running.arn, pending)}: a release leaves that out. To take it in, set "revision: { base: newest }" of service "${service.name}" in slipway.yaml, or deploy that revision first: aws ecs update-service --cluster ${cluster} --service ${service.ecsService} --task-definition ${newer}`,
    )
  }
  if (foreign !== undefined && service.revision?.base !== 'newest') {
    warnings.push(
      `${difference(service, running.arn, foreign)}, but belongs to ${ownerText(foreign.owner)}: a release leaves that out. Give each service a family of its own.`,
    )
  }
  return warnings
}

/** Why there is no revision to clone. */
export function baseFindings(service: ServiceSpec, { running, foreign }: RevisionBase): string[] {
  if (foreign === undefined || service.revision?.base !== 'newest') return []
  return [
    `${difference(service, running.arn, foreign)}, but belongs to ${ownerText(foreign.owner)}, and "revision: { base: newest }" of service "${service.name}" needs one that was registered for this service. Set "revision: { base: running }" in slipway.yaml, or register a revision for this service, best in a family of its own, and try again.`,
  ]
}

function difference(
  { ecsService }: ServiceSpec,
  running: string,
  { revision, differs }: DifferentRevision,
): string {
  return `${shortName(revision.arn)} differs in ${namedPaths(differs)} from ${shortName(running)}, which service "${ecsService}" runs`
}

function ownerText(owner: Owner): string {
  return owner.kind === 'service'
    ? `service "${owner.ecsService}" in cluster "${owner.cluster}", which runs it`
    : `${owner.release}, which registered it`
}
