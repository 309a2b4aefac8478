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
 * All that the stand-in knows about ECS and its load balancers: plain data with no timers, no
 * functions and no references from one record to another, so that it may be saved as JSON.
 * Times are milliseconds since the epoch; what waits for a moment says for which.
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
  /** What Lambda functions that are hooks answer, by ARN or name. */
  hookAnswers: Record<string, HookAnswer>
  /** CloudWatch alarms, by name. One that is not here is `OK`. */
  alarms: Record<string, 'OK' | 'ALARM'>
  /** Why no task can be placed now, for a world that is out of capacity. */
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

/** A copy of a world that came as JSON, with tables that are safe to look up any name in. */
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

/** One that an earlier version did not keep is empty. */
function tableOf<Entry>(entries: Record<string, Entry> = {}): Record<string, Entry> {
  return Object.assign(table<Entry>(), entries)
}

/** Names come from clients: looking up `constructor` must not find what every object has. */
export function table<Entry>(): Record<string, Entry> {
  return Object.create(null) as Record<string, Entry>
}
