import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Observation, ObservedDeployment } from '../../../rollout/observation.ts'
import { judge } from '../../../rollout/verdict.ts'
import { type Expectation } from '../../../rollout/expectation.ts'
import {
  ours,
  old,
  deployment,
  task,
  record,
  healthy,
  observation,
  rolledBackTo,
  oldTask,
  failed,
} from './observed.ts'

test('a successful record with our digest on every healthy target has succeeded', () => {
  const verdict = judge(observation(), ours)
  assert.equal(verdict.kind, 'succeeded')
  assert.equal(verdict.kind === 'succeeded' && verdict.basis, 'service deployment')
})

test('a successful record is not enough while something else serves', () => {
  const cases: Observation[] = [
    observation({ targets: [{ ...healthy, state: 'unhealthy' }] }),
    observation({ targets: [] }),
    observation({
      tasks: [
        task({ containers: [{ name: 'api', image: '', imageDigest: 'sha256:old', reason: '' }] }),
      ],
    }),
    observation({
      tasks: [task(), task({ arn: 'task/0', startedBy: 'ecs-svc/1', taskDefinition: old })],
    }),
    observation({ service: { runningCount: 0 } }),
  ]
  for (const one of cases) assert.equal(judge(one, ours).kind, 'progressing')
})

test('a steady state while the rollout is still in progress has not succeeded', () => {
  const verdict = judge(
    observation({
      serviceDeployments: [record('IN_PROGRESS')],
      service: { deployments: [deployment({ rolloutState: 'IN_PROGRESS' })] },
    }),
    ours,
  )
  assert.deepEqual(verdict.kind, 'progressing')
})

test('a rollout that ECS took back is rolled back though the service is steady', () => {
  const verdict = judge(
    observation({
      serviceDeployments: [
        record('ROLLBACK_SUCCESSFUL', {
          statusReason:
            'Service deployment rolled back because the circuit breaker threshold was exceeded.',
        }),
      ],
      tasks: [task({ startedBy: 'ecs-svc/3', taskDefinition: old })],
      service: { deployments: [rolledBackTo] },
    }),
    ours,
  )
  assert.deepEqual(verdict, {
    kind: 'rolled_back',
    reason: {
      said: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      status: 'ROLLBACK_SUCCESSFUL',
      alarms: [],
    },
  })
})

test('while ECS rolls back the verdict waits for how that ends', () => {
  const verdict = judge(
    observation({
      serviceDeployments: [record('ROLLBACK_IN_PROGRESS')],
      service: { deployments: [rolledBackTo, failed] },
    }),
    ours,
  )
  assert.equal(verdict.kind, 'progressing')
})

test('a breaker without a rollback candidate has failed', () => {
  const verdict = judge(
    observation({
      serviceDeployments: [record('IN_PROGRESS')],
      service: { deployments: [{ ...failed, status: 'PRIMARY' }] },
    }),
    ours,
  )
  assert.deepEqual(verdict, {
    kind: 'failed',
    cause: {
      kind: 'deployment failed',
      reason: {
        said: 'ECS deployment circuit breaker: tasks failed to start.',
        status: '',
        alarms: [],
      },
    },
  })
})

test('a deployment that another one replaced is replaced, not rolled back', () => {
  const other = deployment({ id: 'ecs-svc/9', taskDefinition: `${ours.taskDefinition}9` })
  for (const serviceDeployments of [[record('STOPPED')], [record('SUCCESSFUL')]]) {
    const verdict = judge(
      observation({ serviceDeployments, service: { deployments: [other] } }),
      ours,
    )
    assert.equal(verdict.kind, 'replaced')
  }
})

test('a service that is gone has failed', () => {
  assert.equal(judge(observation({ service: { status: 'INACTIVE' } }), ours).kind, 'failed')
})

const lookedAt = (left: ObservedDeployment) =>
  observation({
    serviceDeployments: 'unavailable',
    tasks: [oldTask],
    service: { deployments: [left, rolledBackTo] },
  })

test('without records a failed deployment that has no task left stands in nobody’s way', () => {
  const back: Expectation = { taskDefinition: old, deploymentId: 'ecs-svc/3', digests: {} }
  assert.equal(judge(lookedAt(failed), back).kind, 'succeeded')
  assert.equal(judge(lookedAt({ ...failed, pendingCount: 1 }), back).kind, 'progressing')
  assert.equal(judge(lookedAt({ ...failed, rolloutState: 'COMPLETED' }), back).kind, 'progressing')
})

test('without records deployments decide, and the evidence is named as weaker', () => {
  const without = { serviceDeployments: 'unavailable' } as const
  const verdict = judge(observation(without), ours)
  assert.equal(verdict.kind === 'succeeded' && verdict.basis, 'deployments')
  const back = { ...without, tasks: [oldTask], service: { deployments: [rolledBackTo, failed] } }
  assert.equal(judge(observation(back), ours).kind, 'rolled_back')
  const settled = deployment({ id: 'ecs-svc/3', taskDefinition: old, rolloutStateReason: '' })
  const events = [
    {
      at: 1,
      message: '(service api) (deployment ecs-svc/2) deployment failed: tasks failed to start.',
    },
  ]
  assert.equal(
    judge(
      observation({ ...without, tasks: [oldTask], service: { deployments: [settled], events } }),
      ours,
    ).kind,
    'rolled_back',
  )
  assert.equal(
    judge(observation({ ...without, service: { deployments: [settled] } }), ours).kind,
    'replaced',
  )
})

test('a record is found by its task definition and time where its ARN is not known', () => {
  const { serviceDeploymentArn: _, ...unknown } = ours
  const verdict = judge(observation(), unknown)
  assert.equal(verdict.kind === 'succeeded' && verdict.basis, 'service deployment')
})

test('a service with a desired count of 0 succeeds by running nothing', () => {
  const nothing = observation({
    tasks: [],
    targets: [],
    service: { desiredCount: 0, runningCount: 0 },
  })
  assert.equal(judge(nothing, ours).kind, 'succeeded')
})
