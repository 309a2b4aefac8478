import type { EnvironmentSpec, ServiceSpec } from '../../contract/environment-spec.ts'
import { shortName } from '../../rollout/arn.ts'
import { namedPaths } from '../ecs/field-path.ts'
import type { DifferentRevision, RevisionBase } from '../revisions/base.ts'
import type { Owner } from '../revisions/owner.ts'

/** What a release leaves out, as messages for the requester. Names of fields, never their values. */
export function baseWarnings(
  { cluster }: EnvironmentSpec,
  service: ServiceSpec,
  { running, pending, deployed, foreign }: RevisionBase,
): string[] {
  const warnings: string[] = []
  if (pending !== undefined && service.revision?.base !== 'newest') {
    warnings.push(
      `${difference(service, running.arn, pending)}: a release leaves that out. To take it in, set "revision: { base: newest }" of service "${service.name}" in slipway.yaml, or deploy that revision first: ${updateCommand(cluster, service, pending)}`,
    )
  }
  // Of one in progress, the conflict says enough.
  if (deployed !== undefined && deployed.deployment !== 'in progress') {
    // Without a new deployment, ECS sees nothing to do where PRIMARY has failed.
    warnings.push(
      `${difference(service, running.arn, deployed)}, but ${deploymentText[deployed.deployment]}: a release leaves that out. To take it in, register it again (corrected, if it failed), or deploy it: ${updateCommand(cluster, service, deployed)} --force-new-deployment`,
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

const deploymentText = {
  failed: 'was deployed and has failed',
  succeeded: 'was deployed before and is not what runs now',
  unknown:
    'is of an earlier release, and ECS has no record of whether that deployed it and how that ended',
} as const

function updateCommand(
  cluster: string,
  { ecsService }: ServiceSpec,
  { revision }: DifferentRevision,
): string {
  return `aws ecs update-service --cluster ${cluster} --service ${ecsService} --task-definition ${shortName(revision.arn)}`
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
