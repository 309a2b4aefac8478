import { ecsArn } from '../arns.ts'
import type { Engine } from '../engine.ts'
import { revisionId } from '../ids.ts'
import type {
  RevisionRecord,
  ServiceRecord,
  ServiceSettings,
  TaskDefinitionRecord,
} from '../records.ts'
import { table } from '../engine-state.ts'

/** Picks the settings whose change starts a new deployment, from a service or a revision. */
export function settingsOf(from: ServiceSettings): ServiceSettings {
  return {
    taskDefinition: from.taskDefinition,
    loadBalancers: from.loadBalancers,
    launchType: from.launchType,
    ...(from.platformVersion !== undefined && { platformVersion: from.platformVersion }),
    ...(from.networkConfiguration && { networkConfiguration: from.networkConfiguration }),
    ...(from.capacityProviderStrategy && {
      capacityProviderStrategy: from.capacityProviderStrategy,
    }),
  }
}

/** Replaces a service's settings. Optional settings that are absent are removed. */
export function applySettings(service: ServiceRecord, settings: ServiceSettings): void {
  delete service.platformVersion
  delete service.networkConfiguration
  delete service.capacityProviderStrategy
  Object.assign(service, settingsOf(settings))
}

/**
 * Records a service's current settings as a revision. Its digests are unknown before the first
 * pull.
 */
export function newRevision(
  engine: Engine,
  service: ServiceRecord,
  alternate: boolean,
): RevisionRecord {
  const arn = ecsArn(engine, `service-revision/${service.cluster}/${service.name}/${revisionId()}`)
  const revision: RevisionRecord = {
    ...settingsOf(service),
    arn,
    service: service.arn,
    cluster: service.cluster,
    createdAt: engine.clock.now(),
    digests: table(),
    ...(alternate && { alternate }),
  }
  engine.state.revisions[arn] = revision
  return revision
}

/** The task definition with this ARN, even if deregistered: services keep using it. */
export function taskDefinitionAt(engine: Engine, arn: string): TaskDefinitionRecord | undefined {
  const [family = ''] = arn.slice(arn.lastIndexOf('/') + 1).split(':')
  return engine.state.taskDefinitions[family]?.find((known) => known.arn === arn)
}
