import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Observation } from '../../../rollout/observation.ts'
import { judge } from '../../../rollout/judge.ts'
import { type Expectation } from '../../../rollout/expectation.ts'
import {
  balancedObservation,
  deploymentWith,
  failedDeployment,
  oldRevision,
  oldTask,
  ours,
  recordWith,
  rolledBackTo,
  targetWith,
  taskWith,
} from './observations.ts'

test('a successful record with our digest on every healthy target has succeeded', () => {
  const verdict = judge(balancedObservation(), ours)
  assert.equal(verdict.kind, 'succeeded')
  assert.equal(verdict.kind === 'succeeded' && verdict.basis, 'service deployment')
})

test('a successful record is not enough while something else serves or nothing is healthy', () => {
  const cases: Observation[] = [
    balancedObservation({ targets: [targetWith('unhealthy')] }),
    balancedObservation({ targets: [] }),
    balancedObservation({
      tasks: [
        taskWith({
          containers: [{ name: 'api', image: '', imageDigest: 'sha256:old', reason: '' }],
        }),
      ],
    }),
    balancedObservation({
      tasks: [
        taskWith(),
        taskWith({ arn: 'task/0', startedBy: 'ecs-svc/1', taskDefinition: oldRevision }),
      ],
    }),
    balancedObservation({ service: { runningCount: 0 } }),
  ]
  for (const one of cases) assert.equal(judge(one, ours).kind, 'progressing')
})

test('a steady state while the rollout is still in progress has not succeeded', () => {
  const verdict = judge(
    balancedObservation({
      serviceDeployments: [recordWith({ status: 'IN_PROGRESS' })],
      service: { deployments: [deploymentWith({ rolloutState: 'IN_PROGRESS' })] },
    }),
    ours,
  )
  assert.deepEqual(verdict.kind, 'progressing')
})

test('a rollout that ECS rolled back has not succeeded, though the service is steady', () => {
  const verdict = judge(
    balancedObservation({
      serviceDeployments: [
        recordWith({
          status: 'ROLLBACK_SUCCESSFUL',
          statusReason:
            'Service deployment rolled back because the circuit breaker threshold was exceeded.',
        }),
      ],
      tasks: [taskWith({ startedBy: 'ecs-svc/3', taskDefinition: oldRevision })],
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

test('while ECS rolls back, the rollout is progressing', () => {
  const verdict = judge(
    balancedObservation({
      serviceDeployments: [recordWith({ status: 'ROLLBACK_IN_PROGRESS' })],
      service: { deployments: [rolledBackTo, failedDeployment] },
    }),
    ours,
  )
  assert.equal(verdict.kind, 'progressing')
})

test('a rollout that the circuit breaker stopped without rolling back has failed', () => {
  const verdict = judge(
    balancedObservation({
      serviceDeployments: [recordWith({ status: 'IN_PROGRESS' })],
      service: { deployments: [{ ...failedDeployment, status: 'PRIMARY' }] },
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

test('a deployment that another one followed is replaced, not rolled back', () => {
  const other = deploymentWith({ id: 'ecs-svc/9', taskDefinition: `${ours.taskDefinition}9` })
  for (const serviceDeployments of [
    [recordWith({ status: 'STOPPED' })],
    [recordWith({ status: 'SUCCESSFUL' })],
  ]) {
    const verdict = judge(
      balancedObservation({ serviceDeployments, service: { deployments: [other] } }),
      ours,
    )
    assert.equal(verdict.kind, 'replaced')
  }
})

test('a rollout of a service that is gone has failed', () => {
  assert.equal(judge(balancedObservation({ service: { status: 'INACTIVE' } }), ours).kind, 'failed')
})

const rollbackBeside = (left: object) =>
  balancedObservation({
    serviceDeployments: 'unavailable',
    tasks: [oldTask],
    service: { deployments: [left, rolledBackTo] },
  })

test('without records, a rollback succeeds beside a failed deployment that has no task left', () => {
  const rollback: Expectation = {
    taskDefinition: oldRevision,
    deploymentId: 'ecs-svc/3',
    digests: {},
  }
  assert.equal(judge(rollbackBeside(failedDeployment), rollback).kind, 'succeeded')
  assert.equal(
    judge(rollbackBeside({ ...failedDeployment, pendingCount: 1 }), rollback).kind,
    'progressing',
  )
  assert.equal(
    judge(rollbackBeside({ ...failedDeployment, rolloutState: 'COMPLETED' }), rollback).kind,
    'progressing',
  )
})

test('without records, deployments decide, and the verdict says so', () => {
  const without = { serviceDeployments: 'unavailable' } as const
  const verdict = judge(balancedObservation(without), ours)
  assert.equal(verdict.kind === 'succeeded' && verdict.basis, 'deployments')
  const rollback = {
    ...without,
    tasks: [oldTask],
    service: { deployments: [rolledBackTo, failedDeployment] },
  }
  assert.equal(judge(balancedObservation(rollback), ours).kind, 'rolled_back')
  const settled = deploymentWith({
    id: 'ecs-svc/3',
    taskDefinition: oldRevision,
    rolloutStateReason: '',
  })
  const events = [
    {
      at: 1,
      message: '(service api) (deployment ecs-svc/2) deployment failed: tasks failed to start.',
    },
  ]
  assert.equal(
    judge(
      balancedObservation({
        ...without,
        tasks: [oldTask],
        service: { deployments: [settled], events },
      }),
      ours,
    ).kind,
    'rolled_back',
  )
  assert.equal(
    judge(balancedObservation({ ...without, service: { deployments: [settled] } }), ours).kind,
    'replaced',
  )
})

test('a record is found by its task definition and time if its ARN is unknown', () => {
  const { serviceDeploymentArn: _, ...unknown } = ours
  const verdict = judge(balancedObservation(), unknown)
  assert.equal(verdict.kind === 'succeeded' && verdict.basis, 'service deployment')
})

test('a service with a desired count of 0 succeeds by running nothing', () => {
  const nothing = balancedObservation({
    tasks: [],
    targets: [],
    service: { desiredCount: 0, runningCount: 0 },
  })
  assert.equal(judge(nothing, ours).kind, 'succeeded')
})
