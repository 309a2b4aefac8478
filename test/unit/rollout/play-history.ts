import assert from 'node:assert/strict'
import type { Expectation } from '../../../rollout/expectation.ts'
import type { RollbackTarget } from '../../../rollout/deployment.ts'
import { judge } from '../../../rollout/judge.ts'
import { rollbackTargetOf, whatRanBefore } from '../../../rollout/rollback-target.ts'
import type { Verdict } from '../../../rollout/verdict.ts'
import {
  simulateService,
  type ServiceSimulation,
} from '../../../simulator/test/unit/service-simulation.ts'
import { act, versions, type History } from './histories.ts'
import { configurationOf, hooksOf, isStaged } from './history-strategies.ts'
import { observeStage } from './simulated-observation.ts'

export const minute = 60_000

/** A service on the simulator, and the versions of its task definition's revisions. */
export interface Stage {
  readonly played: ServiceSimulation
  readonly chosen: number[]
}

/** Creates the service of a history, and lets happen what comes before our release. */
export async function begin(given: History): Promise<Stage> {
  const chosen: number[] = [0, given.first]
  const played = await simulateService({
    desiredCount: given.desired,
    loadBalancer: given.loadBalancer && isStaged(given.traffic) ? 'blue-green' : given.loadBalancer,
    behave: (revision) => versions[chosen[revision] ?? 0] ?? {},
    deploymentConfiguration: {
      ...configurationOf(given.traffic, given.loadBalancer),
      minimumHealthyPercent: given.minimum,
      maximumPercent: given.maximum,
      deploymentCircuitBreaker: { enable: given.breaker, rollback: given.rollback },
      alarms: { alarmNames: ['errors'], enable: given.alarms, rollback: given.rollback },
    },
  })
  for (const next of given.before) await act(played, next, chosen)
  return { played, chosen }
}

export interface PlayedRelease {
  /** How the rollout ended. */
  readonly outcome: string
  /** How many observations were judged. */
  readonly steps: number
  readonly ours: Ours
}

/** Releases a version and judges after each step of what happens then. */
export async function playRelease(stage: Stage, given: History): Promise<PlayedRelease> {
  const { played, chosen } = stage
  const ours = release(played, given, chosen)
  const finals: Exclude<Verdict, { kind: 'progressing' }>[] = []
  let steps = 0
  const watch = () => {
    steps += 1
    const verdict = judge(observeStage(played, { records: given.records }), ours.expected)
    check(played, ours, verdict, given)
    if (verdict.kind === 'progressing') return
    const first = finals[0]
    if (first !== undefined && verdict.kind !== 'replaced') {
      assert.equal(verdict.kind, first.kind, `${first.kind} became ${verdict.kind}`)
    }
    if (finals.at(-1)?.kind !== verdict.kind) finals.push(verdict)
  }
  watch()
  for (const next of given.after) {
    await act(played, next, chosen, watch)
    watch()
  }
  await played.clock.advanceUntil(() => {
    watch()
    return false
  }, 30 * minute)
  return { outcome: finals[0]?.kind ?? 'timed_out', steps, ours }
}

export interface Ours {
  readonly expected: Expectation
  readonly rollbackTarget: RollbackTarget
  /** Task definitions of the deployments that had succeeded before ours began. */
  readonly good: ReadonlySet<string>
  /** ARN of our service deployment, whether or not we know it. */
  readonly record: string | undefined
}

function release(played: ServiceSimulation, given: History, chosen: number[]): Ours {
  const good = new Set(
    Object.values(played.engine.state.serviceDeployments)
      .filter(({ status }) => status === 'SUCCESSFUL')
      .map((one) => played.engine.state.revisions[one.targetRevision]?.taskDefinition ?? ''),
  )
  const before = rollbackTargetOf(observeStage(played, { records: given.records }))
  chosen.push(given.version)
  const digest = `sha256:${String(chosen.length).padStart(64, '0')}`
  const { id = '', taskDefinition = '' } = played.deploy(
    `registry/api@${digest}`,
    hooksOf(given.traffic),
  )
  const arn = played.service().currentServiceDeployment
  return {
    good,
    rollbackTarget: before,
    record: arn,
    expected: {
      taskDefinition,
      deploymentId: id,
      digests: { api: digest },
      ...(before.hasSucceeded ? { before: whatRanBefore(before) } : {}),
      ...(given.knowsRecord && arn !== undefined ? { serviceDeploymentArn: arn } : {}),
    },
  }
}

/** Checks a verdict against what the engine itself knows, not against its answers. */
function check(played: ServiceSimulation, ours: Ours, verdict: Verdict, given: History): void {
  const { state: engineState } = played.engine
  if (verdict.kind === 'replaced' && given.records && given.knowsRecord) {
    const newest = Object.values(engineState.serviceDeployments).at(-1)
    assert.notEqual(newest?.arn, ours.record, 'replaced, and nobody has deployed since')
  }
  if (verdict.kind !== 'succeeded' && verdict.kind !== 'rolled_back') return
  const tasks = Object.values(engineState.tasks).filter(
    ({ lastStatus }) => lastStatus !== 'STOPPED',
  )
  const live = tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
  const isRunning = live.every(({ lastStatus }) => lastStatus === 'RUNNING')
  assert.ok(isRunning, `${verdict.kind} with a task that does not run`)
  assert.ok(
    live.length >= (played.service().desiredCount ?? 0),
    `${verdict.kind} with too few tasks`,
  )
  const serving = Object.values(engineState.targetGroups).flatMap(({ targets }) => targets)
  for (const { state, taskId } of serving) {
    if (state === 'draining') continue
    assert.equal(state, 'healthy', `${verdict.kind} with a target that is ${state}`)
    assert.ok(live.some(({ id }) => id === taskId))
  }
  if (given.loadBalancer) assert.ok(serving.length >= live.length)
  for (const { listener, priority, forward } of Object.values(engineState.rules)) {
    if (priority !== '1') continue
    const groups = forward.filter(({ weight }) => weight > 0)
    for (const { targetGroupArn } of groups) {
      const { length } = engineState.targetGroups[targetGroupArn]?.targets ?? []
      assert.ok(length >= live.length, `${verdict.kind}, and ${listener} sends traffic elsewhere`)
    }
  }
  for (const task of tasks) {
    const isOurs = task.deployment === ours.expected.deploymentId
    assert.equal(isOurs, verdict.kind === 'succeeded', `${verdict.kind} with another's task`)
    const [container] = task.containers
    const digest = container?.imageDigest ?? container?.image?.split('@')[1]
    if (isOurs) assert.equal(digest, ours.expected.digests['api'])
    else if (given.records || ours.expected.before)
      assert.ok(ours.good.has(task.taskDefinition), 'not what ran before')
  }
}
