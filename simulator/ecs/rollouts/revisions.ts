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

/** The part of a service whose change makes a new deployment, taken from wherever it stands. */
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

/** Gives a service these settings; what they leave out, it has no more. */
export function applySettings(service: ServiceRecord, settings: ServiceSettings): void {
  delete service.platformVersion
  delete service.networkConfiguration
  delete service.capacityProviderStrategy
  Object.assign(service, settingsOf(settings))
}

/** Writes down what a service is to run from now on. No digest is known before the first pull. */
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

/** The task definition with this ARN; a service keeps using one that was deregistered. */
export function taskDefinitionAt(engine: Engine, arn: string): TaskDefinitionRecord | undefined {
  const [family = ''] = arn.slice(arn.lastIndexOf('/') + 1).split(':')
  return engine.state.taskDefinitions[family]?.find((known) => known.arn === arn)
}
