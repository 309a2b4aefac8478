import assert from 'node:assert/strict'
import type { Service } from '@aws-sdk/client-ecs'
import type { RollbackTarget, StartedDeployment } from '../../../rollout/deployment.ts'
import type { Expectation } from '../../../rollout/expectation.ts'
import { judge } from '../../../rollout/judge.ts'
import { continuedDeployment } from '../../../rollout/judged-deployment.ts'
import { nextRollbackStep } from '../../../rollout/next-rollback-step.ts'
import { whatRanBefore } from '../../../rollout/rollback-target.ts'
import { first, type ServiceSimulation } from '../../../simulator/test/unit/service-simulation.ts'
import type { History } from './histories.ts'
import { minute, type Ours } from './play-history.ts'
import { observeStage } from './simulated-observation.ts'

const service = { cluster: 'mailman', service: 'api' }

export interface PlayedRollback {
  /** How it ended; `left` if another deployment was left alone. */
  readonly outcome: string
  readonly steps: number
}

/**
 * Rolls a release back with the steps that the rules choose, and judges the deployment that rolls back
 * after each step of the engine.
 */
export async function playRollback(
  played: ServiceSimulation,
  { expected, rollbackTarget: to }: Ours,
  given: Pick<History, 'records' | 'knowsDeployment'>,
): Promise<PlayedRollback> {
  const started: StartedDeployment | undefined = given.knowsDeployment
    ? { service: 'api', ...expected }
    : undefined
  const goal = { mode: 'pin', to, ...(started === undefined ? {} : { started }) } as const
  let stopRefused = false
  for (let tries = 0; tries < 1_000; tries += 1) {
    const observation = observeStage(played, given)
    const step = nextRollbackStep(observation, { ...goal, stopRefused })
    switch (step.kind) {
      case 'wait for': {
        const continued = continuedDeployment(observation, whatRanBefore(to))
        return await watchRollback(played, given, to, { ...step.deployment, ...continued })
      }
      case 'update': {
        const { taskDefinition } = to
        const update = { ...service, taskDefinition, forceNewDeployment: step.force }
        const answer = played.call('UpdateService', update) as { service: Service }
        const { id = '' } = first(answer.service.deployments)
        return await watchRollback(played, given, to, { id })
      }
      case 'stop':
        try {
          const { serviceDeploymentArn } = step
          played.call('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' })
        } catch {
          stopRefused = true
        }
        break
      case 'wait for ECS':
        await played.clock.advance(5_000)
        break
      case 'leave':
        return { outcome: 'left', steps: tries }
    }
  }
  return { outcome: 'timed_out', steps: 0 }
}

async function watchRollback(
  played: ServiceSimulation,
  { records }: Pick<History, 'records'>,
  { taskDefinition, digests }: RollbackTarget,
  { id: deploymentId, continues }: { id: string; continues?: string },
): Promise<PlayedRollback> {
  const expected: Expectation = {
    taskDefinition,
    digests,
    deploymentId,
    ...(continues === undefined ? {} : { continues }),
  }
  let outcome = 'timed_out'
  let steps = 0
  await played.clock.advanceUntil(() => {
    steps += 1
    const verdict = judge(observeStage(played, { records }), expected)
    if (verdict.kind === 'succeeded') runsAlone(played, taskDefinition)
    if (verdict.kind !== 'progressing') outcome = verdict.kind
    return verdict.kind !== 'progressing'
  }, 120 * minute)
  return { outcome, steps }
}

/** By what the engine itself knows. */
function runsAlone(played: ServiceSimulation, taskDefinition: string): void {
  const { desiredCount = 0 } = played.service()
  const tasks = Object.values(played.engine.state.tasks).filter(
    ({ lastStatus }) => lastStatus !== 'STOPPED',
  )
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING')
  assert.ok(running.length >= desiredCount, 'rolled back with too few tasks')
  for (const task of tasks) assert.equal(task.taskDefinition, taskDefinition)
}
