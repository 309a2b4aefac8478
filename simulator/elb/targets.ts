import type { Engine } from '../ecs/engine.ts'
import type { ServiceRecord, TaskRecord } from '../ecs/records.ts'
import type { EngineState } from '../ecs/engine-state.ts'
import { addEvent } from '../ecs/rollouts/events.ts'
import { targetGroupOf } from '../ecs/stages/target-group.ts'
import type { TargetGroupRecord, TargetRecord } from './records.ts'

export interface PlacedTarget {
  readonly group: TargetGroupRecord
  readonly target: TargetRecord
}

/** The targets of a task, including draining ones. */
export function targetsOf(
  state: EngineState,
  service: ServiceRecord,
  taskId: string,
): PlacedTarget[] {
  return groupsOf(state, service).flatMap((group) =>
    group.targets.filter((target) => target.taskId === taskId).map((target) => ({ group, target })),
  )
}

/** The target groups of a service, including the alternate ones of blue/green. */
export function groupsOf(state: EngineState, service: ServiceRecord): TargetGroupRecord[] {
  return service.loadBalancers.flatMap(({ targetGroupArn, advancedConfiguration }) =>
    [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].flatMap(
      (arn) => state.targetGroups[arn ?? ''] ?? [],
    ),
  )
}

/** Whether a target can take traffic: it is healthy, or its health is not checked. */
export function isGood({ state }: TargetRecord): boolean {
  return state === 'healthy' || state === 'unavailable'
}

/** How long a target of this group drains, in milliseconds. ELBv2's default is 300 seconds. */
function deregistrationDelay(group: TargetGroupRecord): number {
  return Number(group.attributes['deregistration_delay.timeout_seconds'] ?? 300) * 1000
}

/** Registers a task that has just started in every target group of its revision. */
export function registerTargets(engine: Engine, service: ServiceRecord, task: TaskRecord): void {
  const now = engine.clock.now()
  const revision = engine.state.revisions[task.revision] ?? {}
  for (const balancer of service.loadBalancers) {
    const { containerPort } = balancer
    const group = engine.state.targetGroups[targetGroupOf(revision, balancer)]
    const port = task.ports[containerPort ?? 0]
    if (group === undefined || containerPort === undefined || port === undefined) continue
    group.targets.push({
      taskId: task.id,
      id: '127.0.0.1',
      port,
      containerPort,
      registeredAt: now,
      successes: 0,
      failures: 0,
      nextProbeAt: now + engine.timings.register,
      ...(group.healthCheck.enabled
        ? {
            state: 'initial',
            reason: 'Elb.RegistrationInProgress',
            description: 'Target registration is in progress',
          }
        : {
            state: 'unavailable',
            reason: 'Target.HealthCheckDisabled',
            description: 'Health checks are disabled for this target group',
          }),
    })
    addEvent(engine, service, `registered 1 targets in (target-group ${group.arn})`)
  }
}

/**
 * Lets the targets of these tasks drain. Returns when the last of them has drained (milliseconds
 * since the epoch), or `undefined` if none was registered.
 */
export function drainTargets(
  engine: Engine,
  service: ServiceRecord,
  tasks: readonly TaskRecord[],
): number | undefined {
  const now = engine.clock.now()
  let last: number | undefined
  for (const group of groupsOf(engine.state, service)) {
    const targets = group.targets.filter(
      (target) => target.state !== 'draining' && tasks.some((task) => task.id === target.taskId),
    )
    if (targets.length === 0) continue
    const drainUntil = now + deregistrationDelay(group)
    for (const target of targets) {
      target.state = 'draining'
      target.reason = 'Target.DeregistrationInProgress'
      target.description = 'Target deregistration is in progress'
      target.drainUntil = drainUntil
    }
    last = Math.max(last ?? 0, drainUntil)
    addEvent(
      engine,
      service,
      `deregistered ${targets.length} targets in (target-group ${group.arn})`,
    )
  }
  return last
}
