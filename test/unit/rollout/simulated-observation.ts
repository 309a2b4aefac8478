import type { Service, ServiceDeployment, ServiceRevision, Task } from '@aws-sdk/client-ecs'
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2'
import { observedService } from '../../../activities/ecs/observe.ts'
import { observedRecord } from '../../../activities/ecs/service-deployments.ts'
import { observedTarget } from '../../../activities/ecs/targets.ts'
import { observedTask } from '../../../activities/ecs/tasks.ts'
import type { Observation } from '../../../rollout/observation.ts'
import type { ServiceSimulation } from '../../../simulator/test/unit/service-simulation.ts'

/**
 * Observes the service of a simulated stage: the functions that read AWS's answers read the
 * simulator's.
 */
export function observeStage(
  stage: ServiceSimulation,
  { records }: { readonly records: boolean },
): Observation {
  const described = dated(stage.service()) as Service
  const service = observedService(described)
  return {
    observedAt: stage.clock.now(),
    service,
    serviceDeployments: records ? recordsOf(stage) : 'unavailable',
    tasks: ['RUNNING', 'STOPPED'].flatMap((desiredStatus) => tasksOf(stage, desiredStatus)),
    targets: service.targetGroupArns.flatMap((TargetGroupArn) => {
      const { TargetHealthDescriptions } = stage.call('DescribeTargetHealth', { TargetGroupArn })
      return (TargetHealthDescriptions as TargetHealthDescription[]).map((one) =>
        observedTarget(TargetGroupArn, one),
      )
    }),
  }
}

function tasksOf(stage: ServiceSimulation, desiredStatus: string): Observation['tasks'] {
  const { taskArns } = stage.call('ListTasks', { cluster: 'mailman', desiredStatus })
  if ((taskArns as string[]).length === 0) return []
  const { tasks } = stage.call('DescribeTasks', { cluster: 'mailman', tasks: taskArns as string[] })
  return (tasks as unknown[]).map((task) => observedTask(dated(task) as Task))
}

function recordsOf(stage: ServiceSimulation): Observation['serviceDeployments'] {
  const records = stage.serviceDeployments().map((one) => dated(one) as ServiceDeployment)
  const arns = records.flatMap(({ targetServiceRevision, rollback }) =>
    [targetServiceRevision?.arn, rollback?.serviceRevisionArn].flatMap((arn) => arn ?? []),
  )
  const revisions = new Map<string, ServiceRevision>()
  for (const arn of new Set(arns)) {
    const { serviceRevisions } = stage.call('DescribeServiceRevisions', {
      serviceRevisionArns: [arn],
    }) as { serviceRevisions: ServiceRevision[] }
    for (const revision of serviceRevisions) revisions.set(arn, revision)
  }
  return records.map((record) => observedRecord(record, revisions))
}

/** Turns the wire's seconds since the epoch into dates, as the SDK does. */
export function dated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dated)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key.endsWith('At') && typeof inner === 'number' ? new Date(inner * 1000) : dated(inner),
    ]),
  )
}
