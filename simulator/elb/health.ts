import type { Engine } from '../ecs/engine.ts'
import { wakeAt, wakeNow } from '../ecs/wake.ts'
import type { ServiceRecord } from '../ecs/records.ts'
import type { ProbeAnswer } from '../runtime/types.ts'
import { groupsOf } from './targets.ts'
import type { TargetGroupRecord, TargetReason, TargetRecord } from './records.ts'

/** Probes every target of a service that is due, and removes targets that have drained. */
export function checkTargets(engine: Engine, service: ServiceRecord): void {
  const now = engine.clock.now()
  for (const group of groupsOf(engine.state, service)) {
    group.targets = group.targets.filter(({ drainUntil }) => (drainUntil ?? Infinity) > now)
    for (const target of group.targets) {
      if (engine.state.tasks[target.taskId]?.service !== service.arn) continue
      if (target.drainUntil !== undefined) wakeAt(engine, service.arn, target.drainUntil)
      else if (group.healthCheck.enabled) probeWhenDue(engine, service, group, target)
    }
  }
}

function probeWhenDue(
  engine: Engine,
  service: ServiceRecord,
  group: TargetGroupRecord,
  target: TargetRecord,
): void {
  const key = `${group.arn} ${target.taskId}:${target.port}`
  if (engine.probing.has(key)) return
  const now = engine.clock.now()
  if (target.nextProbeAt > now) {
    wakeAt(engine, service.arn, target.nextProbeAt)
    return
  }
  const { path, intervalSeconds, timeoutSeconds } = group.healthCheck
  if (target.reason === 'Elb.RegistrationInProgress') {
    target.reason = 'Elb.InitialHealthChecking'
    target.description = 'Initial health checks in progress'
  }
  target.nextProbeAt = now + intervalSeconds * 1000
  engine.probing.add(key)
  const onAnswer = (answer: ProbeAnswer): void => {
    engine.probing.delete(key)
    if (target.state !== 'draining') applyAnswer(group, target, answer)
    wakeNow(engine, service.arn)
  }
  engine.runtime
    .probe(target.taskId, target.containerPort, path, timeoutSeconds * 1000)
    .then(onAnswer, (error: unknown) => {
      onAnswer({ kind: 'refused', reason: String(error) })
    })
}

/**
 * Applies one answer to a target. As many consecutive good answers as the healthy threshold make it
 * healthy; as many consecutive bad ones as the unhealthy threshold make it unhealthy.
 */
function applyAnswer(group: TargetGroupRecord, target: TargetRecord, answer: ProbeAnswer): void {
  const { healthyThreshold, unhealthyThreshold, matcher } = group.healthCheck
  if (answer.kind === 'status' && matches(matcher, answer.status)) {
    target.failures = 0
    target.successes++
    if (target.state !== 'healthy' && target.successes >= healthyThreshold) {
      target.state = 'healthy'
      delete target.reason
      delete target.description
    }
    return
  }
  target.successes = 0
  target.failures++
  if (target.state !== 'unhealthy' && target.failures < unhealthyThreshold) return
  target.state = 'unhealthy'
  const { reason, description } = problem(answer)
  target.reason = reason
  target.description = description
}

function problem(answer: ProbeAnswer): { reason: TargetReason; description: string } {
  switch (answer.kind) {
    case 'status':
      return {
        reason: 'Target.ResponseCodeMismatch',
        description: `Health checks failed with these codes: [${answer.status}]`,
      }
    case 'timeout':
      return { reason: 'Target.Timeout', description: 'Request timed out' }
    case 'refused':
      return { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' }
  }
}

/** Whether a status matches a matcher such as `200`, `200,202` or `200-299`. */
export function matches(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [from, to = from] = part.split('-').map(Number)
    return from !== undefined && to !== undefined && status >= from && status <= to
  })
}
