import { shortName } from '../rollout/arn.ts'
import type { EcsReason, Gap } from '../rollout/gap.ts'
import type { LifecycleHook, Progress, Stage } from '../rollout/progress.ts'
import type { FailureCause, Verdict } from '../rollout/verdict.ts'
import { alarmWords } from './alarms.ts'

type Failed = Exclude<Verdict, { readonly kind: 'progressing' | 'succeeded' }>

/** Why a rollout did not succeed: `the service deployment was stopped: …`. */
export function failureText(verdict: Failed): string {
  switch (verdict.kind) {
    case 'rolled_back':
      return ecsReasonText(verdict.reason)
    case 'failed':
      return causeText(verdict.cause)
    case 'replaced': {
      const { by, after, stopped } = verdict
      const when = { success: ' after it had succeeded', rollback: ' after ECS had rolled it back' }
      const how = stopped === undefined ? '' : `: ${ecsReasonText(stopped)}`
      const revision = shortName(by.taskDefinition)
      return `deployment ${by.id} of ${revision} took its place${after === undefined ? how : when[after]}`
    }
  }
}

function causeText(cause: FailureCause): string {
  switch (cause.kind) {
    case 'service not active':
      return `the service is ${cause.status}`
    case 'rollback failed':
      return `ECS could not roll back: ${ecsReasonText(cause.reason)}`
    case 'stopped':
      return `the service deployment was stopped: ${ecsReasonText(cause.reason)}`
    case 'deployment failed':
      return ecsReasonText(cause.reason)
  }
}

/** `2 of 2 tasks running, 2 healthy` */
export function successText({
  running,
  wanted,
  healthyTargets,
}: Extract<Verdict, { readonly kind: 'succeeded' }>): string {
  const tasks = `${running} of ${wanted} tasks running`
  return healthyTargets === undefined ? tasks : `${tasks}, ${healthyTargets} healthy`
}

/** A warning: with a desired count of 0, all desired tasks of a revision run before one has started. */
export function withoutTasksText(cluster: string, ecsService: string): string {
  return `No task of service "${ecsService}" runs, since its desired count is 0: whether this release works there is not verified. Look again once it has tasks: aws ecs describe-services --cluster ${cluster} --services ${ecsService}`
}

/**
 * The progress of a rollout in one line. What a person has to do comes first, since the line may be
 * cut short; then what is missing, the stage of the strategy, and what holds it up.
 */
export function progressText({ gap, pause, stage, hook, stall, crashed }: Progress): string {
  return [
    pause === undefined ? '' : pauseText(pause),
    gapText(gap),
    stage === undefined ? '' : stageText(stage),
    hook === undefined ? '' : `a lifecycle hook runs${hook.name === '' ? '' : ` (${hook.name})`}`,
    stall ?? '',
    crashed === 0 ? '' : `${plural(crashed, 'task has', 'tasks have')} crashed so far`,
  ]
    .filter((part) => part !== '')
    .join('; ')
}

/** ECS's own reason, with the names of alarms that it leaves out. */
function ecsReasonText({ said, status, alarms }: EcsReason): string {
  const reason = said || `ECS says ${status || 'no status'}`
  return alarms.length === 0 ? reason : `${reason.replace(/\.$/, '')} (${alarmWords(alarms)}).`
}

function gapText(gap: Gap): string {
  switch (gap.kind) {
    case 'unsaid':
      return `ECS did not say ${gap.fields.join(' and ')}`
    case 'no primary':
      return 'the service has no PRIMARY deployment'
    case 'other tasks':
      return `${plural(gap.count, 'task', 'tasks')} of another deployment still to stop`
    case 'tasks':
      return `${gap.running} of ${gap.wanted} tasks running`
    case 'digest unknown':
      return `${gap.container === undefined ? 'a task' : `container ${gap.container}`} does not say which digest it runs`
    case 'digest differs':
      return `container ${gap.container} runs ${gap.found}, not ${gap.wanted}`
    case 'targets unhealthy':
      return `${plural(gap.count, 'target', 'targets')} not healthy yet (${gap.state || 'no state given'})`
    case 'targets missing':
      return `${gap.healthy} of ${gap.wanted} targets healthy`
    case 'ECS not done': {
      const { tasks } = gap
      const counts =
        tasks === undefined ? '' : `${tasks.running} of ${tasks.wanted} tasks running, `
      return `${counts}ECS is still working on it`
    }
    case 'ECS is stopping':
      return `ECS is stopping: ${ecsReasonText(gap.reason)}`
    case 'ECS is rolling back':
      return `ECS is rolling back: ${ecsReasonText(gap.reason)}${gap.rest === undefined ? '' : ` (${gapText(gap.rest)})`}`
    case 'rollback target unsaid':
      return `ECS has rolled back but does not say yet to which revision: ${ecsReasonText(gap.reason)}`
    case 'rollback not complete':
      return `ECS has rolled back (${ecsReasonText(gap.reason)}), but the previous deployment is not the only one serving yet: ${gapText(gap.rest)}`
    case 'previous deployment failed':
      return 'the previous deployment has failed'
  }
}

function stageText({ name, bakeMinutes, trafficPercent }: Stage): string {
  if (name === 'BAKE_TIME') return `baking${bakeMinutes === 0 ? '' : ` for ${bakeMinutes} min`}`
  const share =
    trafficPercent > 0 && trafficPercent < 100 ? ` (${trafficPercent} % of production traffic)` : ''
  return `stage: ${name.toLowerCase().replaceAll('_', ' ')}${share}`
}

function pauseText({ id, expiresAt, serviceDeploymentArn }: LifecycleHook): string {
  const until = expiresAt === undefined ? '' : `, until ${new Date(expiresAt).toISOString()}`
  return `ECS waits for a person${until}: aws ecs continue-service-deployment --service-deployment-arn ${serviceDeploymentArn} --hook-id ${id}`
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
