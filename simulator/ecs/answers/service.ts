import type { Deployment, Service } from '@aws-sdk/client-ecs'
import type { Engine } from '../engine.ts'
import { isInFlight } from '../rollouts/service-deployments.ts'
import { countsOf, isLive, tasksOf } from '../tasks/state.ts'
import type { DeploymentRecord, ServiceRecord, TaskRecord } from '../records.ts'
import { seconds, type Wire } from './wire.ts'

/** A service as `DescribeServices` returns it, with its tags only if `tags` is set. */
export function serviceAnswer(
  engine: Engine,
  service: ServiceRecord,
  { tags = false } = {},
): Wire<Service> {
  const tasks = tasksOf(engine, service)
  const counts = countsOf(tasks)
  const current = service.deployments
    .map(({ serviceDeployment }) => engine.state.serviceDeployments[serviceDeployment])
    .find((record) => record !== undefined && isInFlight(record))
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: engine.state.clusters[service.cluster]?.arn,
    status: service.status,
    taskDefinition: service.taskDefinition,
    desiredCount: service.desiredCount,
    runningCount: counts.running,
    pendingCount: counts.pending,
    launchType: service.launchType,
    platformVersion: service.platformVersion,
    capacityProviderStrategy: service.capacityProviderStrategy,
    networkConfiguration: service.networkConfiguration,
    loadBalancers: service.loadBalancers,
    serviceRegistries: [],
    deploymentConfiguration: service.deploymentConfiguration,
    deploymentController: { type: 'ECS' },
    schedulingStrategy: service.daemon === true ? 'DAEMON' : 'REPLICA',
    healthCheckGracePeriodSeconds:
      service.loadBalancers.length > 0 ? service.healthCheckGracePeriodSeconds : undefined,
    enableECSManagedTags: service.enableECSManagedTags,
    enableExecuteCommand: service.enableExecuteCommand,
    propagateTags: service.propagateTags,
    placementConstraints: [],
    placementStrategy: [],
    createdAt: seconds(service.createdAt),
    deployments: service.deployments.map((deployment) =>
      deploymentAnswer(engine, service, deployment, tasks),
    ),
    events: service.events.map(({ id, createdAt, message }) => ({
      id,
      createdAt: seconds(createdAt),
      message,
    })),
    currentServiceDeployment: current?.arn,
    currentServiceRevisions: currentRevisions(service, tasks),
    tags: tags ? service.tags : undefined,
  }
}

function deploymentAnswer(
  engine: Engine,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  tasks: readonly TaskRecord[],
): Wire<Deployment> {
  const own = tasks.filter((task) => task.deployment === deployment.id)
  const counts = countsOf(own)
  const settings = engine.state.revisions[deployment.revision]
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.taskDefinition,
    desiredCount:
      deployment.status === 'PRIMARY' ? service.desiredCount : own.filter(isLive).length,
    runningCount: counts.running,
    pendingCount: counts.pending,
    failedTasks: deployment.failedTasks,
    launchType: settings?.launchType,
    platformVersion: settings?.platformVersion,
    networkConfiguration: settings?.networkConfiguration,
    capacityProviderStrategy: settings?.capacityProviderStrategy,
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
    createdAt: seconds(deployment.createdAt),
    updatedAt: seconds(deployment.updatedAt),
  }
}

function currentRevisions(
  service: ServiceRecord,
  tasks: readonly TaskRecord[],
): Wire<Service>['currentServiceRevisions'] {
  const revisions = [...new Set(service.deployments.map(({ revision }) => revision))]
  return revisions.map((arn, index) => {
    const own = tasks.filter(({ revision }) => revision === arn)
    const { running, pending } = countsOf(own)
    return {
      arn,
      requestedTaskCount: index === 0 ? service.desiredCount : own.filter(isLive).length,
      runningTaskCount: running,
      pendingTaskCount: pending,
    }
  })
}
