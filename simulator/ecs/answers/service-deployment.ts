import type {
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceRevision,
  ServiceRevisionSummary,
} from '@aws-sdk/client-ecs'
import type { Engine } from '../engine.ts'
import { taskDefinitionAt } from '../rollouts/revisions.ts'
import { targetGroupOf } from '../stages/target-group.ts'
import { targetCounts } from '../rollouts/service-deployments.ts'
import type { RevisionRecord, ServiceDeploymentRecord } from '../records.ts'
import { seconds, type Wire } from './wire.ts'

/** A service deployment as `DescribeServiceDeployments` returns it. */
export function serviceDeploymentAnswer(
  engine: Engine,
  record: ServiceDeploymentRecord,
): Wire<ServiceDeployment> {
  const counts = targetCounts(engine, record)
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: record.service,
    clusterArn: engine.state.clusters[record.cluster]?.arn,
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
      ...trafficOf(engine, record, source.arn),
    })),
    targetServiceRevision: {
      arn: record.targetRevision,
      requestedTaskCount: counts.requested,
      runningTaskCount: counts.running,
      pendingTaskCount: counts.pending,
      ...trafficOf(engine, record, record.targetRevision),
    },
    lifecycleStage: record.staged?.stage as ServiceDeployment['lifecycleStage'],
    lifecycleHookDetails: record.staged?.hooks.map((hook) => ({
      hookId: hook.id,
      targetType: hook.type,
      targetArn: hook.targetArn,
      status: hook.status,
      expiresAt: seconds(hook.expiresAt),
      timeoutAction: hook.timeoutAction,
    })),
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

/** ECS knows no traffic of a service without a load balancer. */
function trafficOf(
  { state }: Engine,
  { staged, targetRevision, service: arn }: ServiceDeploymentRecord,
  revision: string,
): Pick<ServiceRevisionSummary, 'requestedProductionTrafficWeight' | 'requestedTestTrafficWeight'> {
  const service = state.services[arn]
  if (staged === undefined || service === undefined || service.loadBalancers.length === 0) return {}
  const { production, test } = staged
  if (revision === targetRevision) {
    return { requestedProductionTrafficWeight: production, requestedTestTrafficWeight: test }
  }
  const isBlue = staged.blue?.revision === revision
  return {
    requestedProductionTrafficWeight: isBlue ? tenths(100 - production) : 0,
    requestedTestTrafficWeight: 0,
  }
}

function tenths(percent: number): number {
  return Math.round(percent * 10) / 10
}

/** A service deployment as `ListServiceDeployments` returns it. */
export function serviceDeploymentBrief(
  engine: Engine,
  record: ServiceDeploymentRecord,
): Wire<ServiceDeploymentBrief> {
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: record.service,
    clusterArn: engine.state.clusters[record.cluster]?.arn,
    createdAt: seconds(record.createdAt),
    startedAt: seconds(record.startedAt),
    finishedAt: seconds(record.finishedAt),
    targetServiceRevisionArn: record.targetRevision,
    status: record.status,
    statusReason: record.statusReason,
  }
}

/** A service revision as `DescribeServiceRevisions` returns it, with the digests known so far. */
export function revisionAnswer(engine: Engine, revision: RevisionRecord): Wire<ServiceRevision> {
  const definition = taskDefinitionAt(engine, revision.taskDefinition)
  return {
    serviceRevisionArn: revision.arn,
    serviceArn: revision.service,
    clusterArn: engine.state.clusters[revision.cluster]?.arn,
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
    ...(revision.loadBalancers.length > 0 && {
      resolvedConfiguration: {
        loadBalancers: revision.loadBalancers.map((balancer) => ({
          targetGroupArn: targetGroupOf(revision, balancer),
          productionListenerRule: balancer.advancedConfiguration?.productionListenerRule,
        })),
      },
    }),
    createdAt: seconds(revision.createdAt),
  }
}
