import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matches } from '../../elb/health.ts'
import {
  simulateCluster,
  first,
  simulateService,
  type ServiceSimulation,
} from './service-simulation.ts'

interface Health {
  Target: { Id: string; Port: number }
  TargetHealth: { State: string; Reason?: string; Description?: string }
}

function health({ call, targetGroup }: ServiceSimulation, targets: object[] = []): Health[] {
  const { TargetHealthDescriptions } = call('DescribeTargetHealth', {
    TargetGroupArn: targetGroup,
    Targets: targets,
  })
  return TargetHealthDescriptions as Health[]
}

const groupOf = ({ call, targetGroup }: ServiceSimulation): Record<string, unknown> =>
  first(
    call('DescribeTargetGroups', { TargetGroupArns: [targetGroup] })['TargetGroups'] as Record<
      string,
      unknown
    >[],
  )

test('a target is registered, first checked, healthy, drained and then gone', async () => {
  const simulation = await simulateService({ desiredCount: 0 })
  const seen: string[] = []
  const watch = (): boolean => {
    const { State, Reason = '' } = health(simulation)[0]?.TargetHealth ?? { State: 'none' }
    const state = `${State} ${Reason}`.trim()
    if (seen.at(-1) !== state) seen.push(state)
    return false
  }
  simulation.call('UpdateService', { cluster: 'mailman', service: 'api', desiredCount: 1 })
  await simulation.clock.advanceUntil(watch, 120_000)
  simulation.call('UpdateService', { cluster: 'mailman', service: 'api', desiredCount: 0 })
  await simulation.clock.advanceUntil(watch, 120_000)
  assert.deepEqual(seen, [
    'none',
    'initial Elb.RegistrationInProgress',
    'initial Elb.InitialHealthChecking',
    'healthy',
    'draining Target.DeregistrationInProgress',
    'none',
  ])
})

const complaints = [
  {
    answer: 404,
    reason: 'Target.ResponseCodeMismatch',
    description: 'Health checks failed with these codes: [404]',
  },
  { answer: { kind: 'timeout' }, reason: 'Target.Timeout', description: 'Request timed out' },
  {
    answer: { kind: 'refused', reason: 'ECONNREFUSED' },
    reason: 'Target.FailedHealthChecks',
    description: 'Health checks failed',
  },
] as const

for (const { answer, reason, description } of complaints) {
  test(`a target whose checks end in ${JSON.stringify(answer)} is unhealthy for ${reason}`, async () => {
    const simulation = await simulateService({
      desiredCount: 1,
      behave: () => ({ probe: () => answer }),
      service: { healthCheckGracePeriodSeconds: 7200 },
    })
    assert.deepEqual(first(health(simulation)).TargetHealth, {
      State: 'unhealthy',
      Reason: reason,
      Description: description,
    })
  })
}

test('a target that is not registered is unused', async () => {
  const simulation = await simulateService({ desiredCount: 1 })
  const [registered] = health(simulation)
  const [same, other] = health(simulation, [registered?.Target ?? {}, { Id: '10.0.0.1', Port: 80 }])
  assert.equal(same?.TargetHealth.State, 'healthy')
  assert.deepEqual(
    [other?.TargetHealth.State, other?.TargetHealth.Reason],
    ['unused', 'Target.NotRegistered'],
  )
})

test('a target group shows its health check, which strings or numbers can change', () => {
  const simulation = simulateCluster()
  const { call, targetGroup: TargetGroupArn } = simulation
  call('ModifyTargetGroup', {
    TargetGroupArn,
    HealthCheckPath: '/ready',
    HealthCheckIntervalSeconds: '2',
    HealthCheckTimeoutSeconds: 1,
    HealthCheckEnabled: 'true',
    Matcher: { HttpCode: '200-299' },
  })
  const group = groupOf(simulation)
  assert.deepEqual(
    [
      group['HealthCheckPath'],
      group['HealthCheckIntervalSeconds'],
      group['HealthCheckTimeoutSeconds'],
      group['HealthyThresholdCount'],
      group['Matcher'],
    ],
    ['/ready', 2, 1, 2, { HttpCode: '200-299' }],
  )
})

test("an invalid target group is rejected with ELBv2's message", () => {
  const { call, targetGroup: TargetGroupArn } = simulateCluster()
  const errors = [
    ['CreateTargetGroup', { Name: 'api' }, 'DuplicateTargetGroupName'],
    ['CreateTargetGroup', { Name: '-a' }, 'ValidationError'],
    ['CreateTargetGroup', { Name: 'tcp', Protocol: 'TCP' }, 'ValidationError'],
    ['ModifyTargetGroup', { TargetGroupArn, HealthCheckPath: 'health' }, 'ValidationError'],
    ['ModifyTargetGroup', { TargetGroupArn, HealthCheckIntervalSeconds: 'x' }, 'ValidationError'],
    ['ModifyTargetGroup', { TargetGroupArn, Matcher: { HttpCode: 'ok' } }, 'ValidationError'],
    [
      'ModifyTargetGroupAttributes',
      {
        TargetGroupArn,
        Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '-1' }],
      },
      'ValidationError',
    ],
    ['DescribeTargetGroups', { Names: ['none'] }, 'TargetGroupNotFound'],
    ['DescribeTargetHealth', { TargetGroupArn: 'arn:none' }, 'TargetGroupNotFound'],
  ] as const
  for (const [operation, input, code] of errors) {
    assert.throws(() => call(operation, input), { code }, `${operation} ${JSON.stringify(input)}`)
  }
})

test('a matcher is a list of codes and ranges', () => {
  assert.deepEqual(
    [
      matches('200', 200),
      matches('200', 204),
      matches('200,204', 204),
      matches('200-299,404', 302),
      matches('200-299,404', 404),
    ],
    [true, false, true, false, true],
  )
})

test('without health checks a target is unavailable, and its service does not wait for it', async () => {
  const made = await simulateService()
  made.call('ModifyTargetGroup', {
    TargetGroupArn: made.targetGroup,
    HealthCheckEnabled: 'false',
  })
  made.deploy('registry/api:2')
  assert.equal(await made.settle(), true)
  const { TargetHealthDescriptions } = made.call('DescribeTargetHealth', {
    TargetGroupArn: made.targetGroup,
  }) as { TargetHealthDescriptions: { TargetHealth: object }[] }
  assert.deepEqual(first(TargetHealthDescriptions).TargetHealth, {
    State: 'unavailable',
    Reason: 'Target.HealthCheckDisabled',
    Description: 'Health checks are disabled for this target group',
  })
})
