import type {
  ListenerRecord,
  LoadBalancerRecord,
  RuleRecord,
  TargetGroupRecord,
} from '../elb/records.ts'
import type { HookAnswer } from './stages/records.ts'
import type {
  ClusterRecord,
  RevisionRecord,
  ServiceDeploymentRecord,
  ServiceRecord,
  TaskDefinitionRecord,
  TaskRecord,
} from './records.ts'

/**
 * Everything the simulator knows about ECS and its load balancers: plain data without timers,
 * functions or references between records, so that it can be saved as JSON. Times are milliseconds
 * since the epoch.
 */
export interface EngineState {
  /** By name. */
  clusters: Record<string, ClusterRecord>
  /** By family, oldest first. */
  taskDefinitions: Record<string, TaskDefinitionRecord[]>
  /** By ARN. */
  services: Record<string, ServiceRecord>
  /** By id. */
  tasks: Record<string, TaskRecord>
  /** By ARN. */
  serviceDeployments: Record<string, ServiceDeploymentRecord>
  /** By ARN. */
  revisions: Record<string, RevisionRecord>
  /** By ARN. */
  targetGroups: Record<string, TargetGroupRecord>
  /** By ARN. */
  loadBalancers: Record<string, LoadBalancerRecord>
  /** By ARN. */
  listeners: Record<string, ListenerRecord>
  /** By ARN. */
  rules: Record<string, RuleRecord>
  /** The answers of hooks' Lambda functions, by ARN or name. */
  hookAnswers: Record<string, HookAnswer>
  /** CloudWatch alarms, by name. Any other alarm is `OK`. */
  alarms: Record<string, 'OK' | 'ALARM'>
  /** Why no task can be placed now; absent while there is capacity. */
  outOfCapacity?: string
}

export function emptyEngineState(): EngineState {
  return {
    clusters: table(),
    taskDefinitions: table(),
    services: table(),
    tasks: table(),
    serviceDeployments: table(),
    revisions: table(),
    targetGroups: table(),
    loadBalancers: table(),
    listeners: table(),
    rules: table(),
    hookAnswers: table(),
    alarms: table(),
  }
}

/** A copy of a state that was read from JSON, with tables in which any name is safe to look up. */
export function engineStateFrom(json: EngineState): EngineState {
  const saved = structuredClone(json)
  return {
    ...saved,
    clusters: tableOf(saved.clusters),
    taskDefinitions: tableOf(saved.taskDefinitions),
    services: tableOf(saved.services),
    tasks: tableOf(saved.tasks),
    serviceDeployments: tableOf(saved.serviceDeployments),
    revisions: tableOf(saved.revisions),
    targetGroups: tableOf(saved.targetGroups),
    loadBalancers: tableOf(saved.loadBalancers),
    listeners: tableOf(saved.listeners),
    rules: tableOf(saved.rules),
    hookAnswers: tableOf(saved.hookAnswers),
    alarms: tableOf(saved.alarms),
  }
}

/** A table that an earlier version did not save is empty. */
function tableOf<Entry>(entries: Record<string, Entry> = {}): Record<string, Entry> {
  return Object.assign(table<Entry>(), entries)
}

/**
 * Clients choose the names: looking up `constructor` must not find the property of every object.
 */
export function table<Entry>(): Record<string, Entry> {
  return Object.create(null) as Record<string, Entry>
}
