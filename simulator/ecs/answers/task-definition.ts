import type { TaskDefinition } from '@aws-sdk/client-ecs'
import type { TaskDefinitionRecord } from '../records.ts'
import { seconds, type Wire } from './wire.ts'

/** A revision of a task definition as `DescribeTaskDefinition` returns it. */
export function taskDefinitionAnswer(record: TaskDefinitionRecord): Wire<TaskDefinition> {
  return {
    ...record.rest,
    taskDefinitionArn: record.arn,
    family: record.family,
    revision: record.revision,
    status: record.status,
    containerDefinitions: [...record.containers],
    registeredAt: seconds(record.registeredAt),
    deregisteredAt: seconds(record.deregisteredAt),
  }
}
