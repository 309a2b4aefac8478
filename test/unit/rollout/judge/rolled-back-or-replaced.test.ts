import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Expectation } from '../../../../rollout/expectation.ts'
import { judge } from '../../../../rollout/judge.ts'
import type { ObservedServiceDeployment } from '../../../../rollout/observation.ts'
import {
  deploymentWith,
  failedDeployment,
  observationWith,
  oldRevision,
  oldTask,
  ours,
  recordWith,
  rolledBackTo,
} from '../observations.ts'
import { by, reason, recorded, underWay, without } from './verdicts.ts'

const alone = { service: { deployments: [rolledBackTo] }, tasks: [oldTask] }

const over = (digest: string, record: Partial<ObservedServiceDeployment> = {}) => {
  const before = { taskDefinition: oldRevision, digests: { api: digest } }
  return judge(recorded('ROLLBACK_SUCCESSFUL', { ...alone, record }), { ...ours, before }).kind
}

describe('a rollback by ECS', () => {
  const service = { deployments: [rolledBackTo, failedDeployment] }

  test('is under way in three states of the record', () => {
    for (const [status, kind, nearEnd] of [
      ['STOP_REQUESTED', 'ECS is stopping', true],
      ['ROLLBACK_REQUESTED', 'ECS is rolling back', true],
      ['ROLLBACK_IN_PROGRESS', 'ECS is rolling back', true],
    ] as const) {
      assert.deepEqual(underWay(judge(recorded(status, { service }), ours)), [
        { kind, reason: reason(status, 'because') },
        nearEnd,
      ])
    }
    assert.equal(underWay(judge(recorded('ROLLBACK_IN_PROGRESS'), ours))[1], false)
    const pending = [{ ...rolledBackTo, pendingCount: 1 }]
    const busy = recorded('ROLLBACK_REQUESTED', { service: { deployments: pending } })
    assert.equal(underWay(judge(busy, ours))[1], false)
  })

  test('shows before the record does', () => {
    assert.deepEqual(underWay(judge(recorded('IN_PROGRESS', { service }), ours)), [
      {
        kind: 'ECS is rolling back',
        reason: reason('', 'ECS deployment circuit breaker: tasks failed to start.'),
      },
      true,
    ])
  })

  test('is not over until another deployment than ours is PRIMARY', () => {
    assert.deepEqual(underWay(judge(recorded('ROLLBACK_SUCCESSFUL'), ours)), [
      { kind: 'rollback target unsaid', reason: reason('ROLLBACK_SUCCESSFUL', 'because') },
      true,
    ])
  })

  test('is not over while something is missing', () => {
    const verdict = judge(recorded('ROLLBACK_SUCCESSFUL', { ...alone, tasks: [] }), ours)
    assert.deepEqual(underWay(verdict), [
      {
        kind: 'rollback not complete',
        reason: reason('ROLLBACK_SUCCESSFUL', 'because'),
        rest: { kind: 'tasks', running: 0, wanted: 1 },
      },
      true,
    ])
    const failed = [{ ...rolledBackTo, rolloutState: 'FAILED' }]
    const broken = recorded('ROLLBACK_SUCCESSFUL', { ...alone, service: { deployments: failed } })
    assert.deepEqual((underWay(judge(broken, ours))[0] as { rest: object }).rest, {
      kind: 'previous deployment failed',
    })
  })

  test('is replaced by a deployment of something else than it rolled back to', () => {
    const elsewhere = { rollbackTaskDefinition: `${oldRevision}9` }
    const replaced = { kind: 'replaced', by, after: 'rollback' }
    assert.deepEqual(
      judge(recorded('ROLLBACK_SUCCESSFUL', { ...alone, record: elsewhere }), ours),
      replaced,
    )
    const before = { taskDefinition: `${oldRevision}9`, digests: {} }
    const expected: Expectation = { ...ours, before }
    assert.deepEqual(judge(recorded('ROLLBACK_SUCCESSFUL', alone), expected), replaced)
    assert.equal(judge(recorded('ROLLBACK_SUCCESSFUL', alone), ours).kind, 'rolled_back')
  })

  test('must run the digests that ECS says, else those that ran before', () => {
    assert.equal(over('sha256:old'), 'rolled_back')
    assert.equal(over('sha256:other'), 'progressing')
    assert.equal(over('sha256:other', { rollbackDigests: { api: 'sha256:old' } }), 'rolled_back')
    assert.equal(over('sha256:old', { rollbackDigests: { api: 'sha256:other' } }), 'progressing')
  })

  test('without records has the reason of our deployment, or the circuit breaker', () => {
    const observation = observationWith({ ...without, service, tasks: [oldTask] })
    assert.deepEqual(judge(observation, ours), {
      kind: 'rolled_back',
      reason: reason('', 'ECS deployment circuit breaker: tasks failed to start.'),
    })
    const unsaid = judge(observationWith({ ...without, ...alone }), ours)
    assert.deepEqual(unsaid, {
      kind: 'rolled_back',
      reason: reason('', 'ECS deployment circuit breaker'),
    })
    const busy = judge(observationWith({ ...without, service, tasks: [] }), ours)
    assert.deepEqual(underWay(busy), [
      {
        kind: 'ECS is rolling back',
        reason: reason('', 'ECS deployment circuit breaker: tasks failed to start.'),
        rest: { kind: 'tasks', running: 0, wanted: 1 },
      },
      true,
    ])
    const begun = [{ ...rolledBackTo, rolloutState: 'IN_PROGRESS' }, failedDeployment]
    const state = judge(
      observationWith({ ...without, service: { deployments: begun }, tasks: [oldTask] }),
      ours,
    )
    assert.deepEqual(underWay(state)[0], {
      kind: 'ECS is rolling back',
      reason: reason('', 'ECS deployment circuit breaker: tasks failed to start.'),
    })
  })
})

const theirs = (change: Partial<ObservedServiceDeployment> = {}) => ({
  ...recordWith({ serviceDeploymentArn: 'sd/9', createdAt: new Date(9_000) }),
  targetTaskDefinition: 'x:9',
  ...change,
})

describe('a replaced rollout', () => {
  const other = deploymentWith({
    id: 'ecs-svc/9',
    taskDefinition: 'x:9',
    createdAt: new Date(9_000),
  })
  const service = { deployments: [other] }
  const replaced = { kind: 'replaced', by: { id: 'ecs-svc/9', taskDefinition: 'x:9' } }
  const judged = (status: string, ...others: ObservedServiceDeployment[]) =>
    judge(
      observationWith({ service, serviceDeployments: [...others, recordWith({ status })] }),
      ours,
    )

  test('says how it had ended', () => {
    assert.deepEqual(judged('SUCCESSFUL', theirs()), { ...replaced, after: 'success' })
    assert.deepEqual(judged('SUCCESSFUL'), { ...replaced, after: 'success' })
    assert.deepEqual(judged('ROLLBACK_SUCCESSFUL', theirs()), { ...replaced, after: 'rollback' })
    assert.deepEqual(judged('IN_PROGRESS', theirs()), replaced)
  })

  test('is one whose successor was requested later, or in the same instant', () => {
    assert.equal(judged('IN_PROGRESS').kind, 'progressing')
    const same = [{ ...theirs(), createdAt: 1_000 }, recordWith({ status: 'IN_PROGRESS' })]
    const deployments = [deploymentWith({ id: 'ecs-svc/9', taskDefinition: 'x:9' })]
    const observation = observationWith({ service: { deployments }, serviceDeployments: same })
    assert.equal(judge(observation, ours).kind, 'replaced')
    const earlier = [{ ...theirs(), createdAt: 999 }, recordWith({ status: 'IN_PROGRESS' })]
    const before = observationWith({ service: { deployments }, serviceDeployments: earlier })
    assert.equal(judge(before, ours).kind, 'progressing')
  })

  test('has no more than the new deployment where there are no records', () => {
    assert.deepEqual(judge(observationWith({ ...without, service }), ours), replaced)
  })
})
