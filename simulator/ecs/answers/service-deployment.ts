import type {
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceRevision,
} from '@aws-sdk/client-ecs'
import type { Engine } from '../engine.ts'
import { taskDefinitionAt } from '../rollout/revisions.ts'
import { targetCounts } from '../rollout/service-deployments.ts'
import type { RevisionRecord, ServiceDeploymentRecord } from '../records.ts'
import { seconds, type Wire } from './wire.ts'

/** A service deployment as `DescribeServiceDeployments` tells it. */
export function serviceDeploymentAnswer(
  engine: Engine,
  record: ServiceDeploymentRecord,
): Wire<ServiceDeployment> {
  const counts = targetCounts(engine, record)
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: record.service,
    clusterArn: engine.world.clusters[record.cluster]?.arn,
    createdAt: seconds(record.createdAt),
    startedAt: seconds(record.startedAt),
    finishedAt: seconds(record.finishedAt),
    stoppedAt: seconds(record.stoppedAt),
    updatedAt: seconds(record.updatedAt),
    sourceServiceRevisions: record.sourceRevisions.map((source) => ({
      arn: source.arn,
      requestedTaskCount: source.requested,
      runningTaskCount: source.running,
      pendingTaskCount: source.pending,
    })),
    targetServiceRevision: {
      arn: record.targetRevision,
      requestedTaskCount: counts.requested,
      runningTaskCount: counts.running,
      pendingTaskCount: counts.pending,
    },
    status: record.status,
    statusReason: record.statusReason,
    deploymentConfiguration: record.deploymentConfiguration,
    rollback: record.rollback && {
      reason: record.rollback.reason,
      startedAt: seconds(record.rollback.startedAt),
      serviceRevisionArn: record.rollback.revision,
    },
    deploymentCircuitBreaker: { ...record.breaker },
    alarms: { ...record.alarms },
  }
}

/** A service deployment as `ListServiceDeployments` tells it. */
export function serviceDeploymentBrief(
  engine: Engine,
  record: ServiceDeploymentRecord,
): Wire<ServiceDeploymentBrief> {
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: record.service,
    clusterArn: engine.world.clusters[record.cluster]?.arn,
    createdAt: seconds(record.createdAt),
    startedAt: seconds(record.startedAt),
    finishedAt: seconds(record.finishedAt),
    targetServiceRevisionArn: record.targetRevision,
    status: record.status,
    statusReason: record.statusReason,
  }
}

/** A service revision as `DescribeServiceRevisions` tells it, with the digests as far as they are known. */
export function revisionAnswer(engine: Engine, revision: RevisionRecord): Wire<ServiceRevision> {
  const definition = taskDefinitionAt(engine, revision.taskDefinition)
  return {
    serviceRevisionArn: revision.arn,
    serviceArn: revision.service,
    clusterArn: engine.world.clusters[revision.cluster]?.arn,
    taskDefinition: revision.taskDefinition,
    launchType: revision.launchType,
    platformVersion: revision.platformVersion,
    networkConfiguration: revision.networkConfiguration,
    capacityProviderStrategy: revision.capacityProviderStrategy,
    loadBalancers: revision.loadBalancers,
    containerImages: (definition?.containers ?? []).map(({ name, image }) => ({
      containerName: name,
      image,
      imageDigest: revision.digests[name ?? ''],
    })),
    guardDutyEnabled: false,
    createdAt: seconds(revision.createdAt),
  }
}
