import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  Observation,
  ObservedDeployment,
  ObservedServiceDeployment,
} from '../../../rollout/observation.ts'
import { judge, type Expectation } from '../../../rollout/verdict.ts'
import { diagnose } from '../../../rollout/diagnosis.ts'

const ours: Expectation = {
  taskDefinition: 'arn:aws:ecs:eu-west-1:1:task-definition/api:8',
  deploymentId: 'ecs-svc/2',
  serviceDeploymentArn: 'sd/2',
  digests: { api: 'sha256:new' },
}
const old = 'arn:aws:ecs:eu-west-1:1:task-definition/api:7'

const deployment = (change: Partial<ObservedDeployment> = {}): ObservedDeployment => ({
  id: 'ecs-svc/2',
  status: 'PRIMARY',
  taskDefinition: ours.taskDefinition,
  rolloutState: 'COMPLETED',
  rolloutStateReason: 'ECS deployment ecs-svc/2 completed.',
  desiredCount: 1,
  runningCount: 1,
  pendingCount: 0,
  failedTasks: 0,
  createdAt: 1_000,
  ...change,
})

const task = (
  change: Partial<Observation['tasks'][number]> = {},
): Observation['tasks'][number] => ({
  arn: 'task/1',
  taskDefinition: ours.taskDefinition,
  startedBy: 'ecs-svc/2',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  createdAt: 1_000,
  stopCode: '',
  stoppedReason: '',
  addresses: [],
  containers: [{ name: 'api', image: '', imageDigest: 'sha256:new', reason: '' }],
  ...change,
})

const record = (
  status: string,
  change: Partial<ObservedServiceDeployment> = {},
): ObservedServiceDeployment => ({
  arn: 'sd/2',
  status,
  statusReason: '',
  createdAt: 1_000,
  targetRevisionArn: 'sr/2',
  targetTaskDefinition: ours.taskDefinition,
  targetDigests: {},
  rollbackReason: '',
  rollbackTaskDefinition: '',
  rollbackDigests: {},
  lifecycleStage: '',
  bakeTimeInMinutes: 0,
  hooks: [],
  triggeredAlarms: [],
  ...change,
})

const healthy = {
  targetGroupArn: 'tg',
  id: '1',
  port: 1,
  state: 'healthy',
  reason: '',
  description: '',
}

function observation(
  change: Partial<Omit<Observation, 'service'>> & {
    service?: Partial<Observation['service']>
  } = {},
): Observation {
  const { service, ...rest } = change
  return {
    observedAt: 5_000,
    serviceDeployments: [record('SUCCESSFUL')],
    tasks: [task()],
    targets: [healthy],
    ...rest,
    service: {
      arn: 'service/api',
      status: 'ACTIVE',
      desiredCount: 1,
      runningCount: 1,
      pendingCount: 0,
      schedulingStrategy: 'REPLICA',
      circuitBreaker: { enable: true, rollback: true },
      deployments: [deployment()],
      strategy: 'ROLLING',
      targetGroupArns: ['tg'],
      loadBalancers: [{ targetGroupArn: 'tg', alternateTargetGroupArn: '' }],
      lacking: [],
      events: [],
      ...service,
    },
  }
}

const rolledBackTo = deployment({
  id: 'ecs-svc/3',
  taskDefinition: old,
  rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.',
})
const oldTask = task({
  startedBy: 'ecs-svc/3',
  taskDefinition: old,
  containers: [{ name: 'api', image: '', imageDigest: 'sha256:old', reason: '' }],
})
const failed = deployment({
  status: 'ACTIVE',
  rolloutState: 'FAILED',
  rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
  runningCount: 0,
})

test('a successful record with our digest on every healthy target has succeeded', () => {
  const verdict = judge(observation(), ours)
  assert.equal(verdict.kind, 'succeeded')
  assert.equal(verdict.kind === 'succeeded' && verdict.evidence, 'service deployment')
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
    reason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
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
    reason: 'ECS deployment circuit breaker: tasks failed to start.',
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
  assert.equal(verdict.kind === 'succeeded' && verdict.evidence, 'deployments')
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
  assert.equal(verdict.kind === 'succeeded' && verdict.evidence, 'service deployment')
})

test('a service with a desired count of 0 succeeds by running nothing', () => {
  const nothing = observation({
    tasks: [],
    targets: [],
    service: { desiredCount: 0, runningCount: 0 },
  })
  assert.equal(judge(nothing, ours).kind, 'succeeded')
})

test('the cause names the pull error, the exit code, or the health check', () => {
  const stopped = (change: Partial<Observation['tasks'][number]>) =>
    observation({
      targets: [],
      tasks: [task({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', ...change })],
    })
  assert.match(
    diagnose(
      stopped({
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'CannotPullContainerError: not found',
      }),
      ours,
    ),
    /cannot be pulled, since it is not in the registry: CannotPullContainerError/,
  )
  assert.equal(
    diagnose(
      stopped({
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [{ name: 'api', image: '', imageDigest: '', exitCode: 1, reason: '' }],
      }),
      ours,
    ),
    'Container api exited with 1.',
  )
  const description = 'Health checks failed with these codes: [404]'
  assert.equal(
    diagnose(observation({ targets: [{ ...healthy, state: 'unhealthy', description }] }), ours),
    'The health check fails: Health checks failed with these codes: [404].',
  )
  const message = `(service api) (task 1) (port 80) is unhealthy in (target-group tg) due to (reason ${description})`
  assert.equal(
    diagnose(observation({ service: { events: [{ at: 1, message }] } }), ours),
    'The health check fails: Health checks failed with these codes: [404].',
  )
  assert.equal(diagnose(observation(), ours), '')
})
