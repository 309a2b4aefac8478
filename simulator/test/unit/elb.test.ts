import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matches } from '../../elb/health.ts'
import { emptyStage, first, stage, type Stage } from './stage.ts'

interface Health {
  Target: { Id: string; Port: number }
  TargetHealth: { State: string; Reason?: string; Description?: string }
}

function health({ call, targetGroup }: Stage, targets: object[] = []): Health[] {
  const { TargetHealthDescriptions } = call('DescribeTargetHealth', {
    TargetGroupArn: targetGroup,
    Targets: targets,
  })
  return TargetHealthDescriptions as Health[]
}

const groupOf = ({ call, targetGroup }: Stage): Record<string, unknown> =>
  first(
    call('DescribeTargetGroups', { TargetGroupArns: [targetGroup] })['TargetGroups'] as Record<
      string,
      unknown
    >[],
  )

test('a target is registered, checked for the first time, healthy, drained and gone', async () => {
  const played = await stage({ desiredCount: 0 })
  const seen: string[] = []
  const watch = (): boolean => {
    const { State, Reason = '' } = health(played)[0]?.TargetHealth ?? { State: 'none' }
    const state = `${State} ${Reason}`.trim()
    if (seen.at(-1) !== state) seen.push(state)
    return false
  }
  played.call('UpdateService', { cluster: 'mailman', service: 'api', desiredCount: 1 })
  await played.clock.advanceUntil(watch, 120_000)
  played.call('UpdateService', { cluster: 'mailman', service: 'api', desiredCount: 0 })
  await played.clock.advanceUntil(watch, 120_000)
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
    const played = await stage({
      desiredCount: 1,
      behave: () => ({ probe: () => answer }),
      service: { healthCheckGracePeriodSeconds: 7200 },
    })
    assert.deepEqual(first(health(played)).TargetHealth, {
      State: 'unhealthy',
      Reason: reason,
      Description: description,
    })
  })
}

test('a target that is not registered is unused', async () => {
  const played = await stage({ desiredCount: 1 })
  const [registered] = health(played)
  const [same, other] = health(played, [registered?.Target ?? {}, { Id: '10.0.0.1', Port: 80 }])
  assert.equal(same?.TargetHealth.State, 'healthy')
  assert.deepEqual(
    [other?.TargetHealth.State, other?.TargetHealth.Reason],
    ['unused', 'Target.NotRegistered'],
  )
})

test('a target group says how it checks, and can be told otherwise in texts or numbers', () => {
  const played = emptyStage()
  const { call, targetGroup: TargetGroupArn } = played
  call('ModifyTargetGroup', {
    TargetGroupArn,
    HealthCheckPath: '/ready',
    HealthCheckIntervalSeconds: '2',
    HealthCheckTimeoutSeconds: 1,
    HealthCheckEnabled: 'true',
    Matcher: { HttpCode: '200-299' },
  })
  const group = groupOf(played)
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

test('what a target group cannot be is refused in the words of ELBv2', () => {
  const { call, targetGroup: TargetGroupArn } = emptyStage()
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

test('a target that nobody asks is unavailable, and no reason for its service to wait', async () => {
  const made = await stage()
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
