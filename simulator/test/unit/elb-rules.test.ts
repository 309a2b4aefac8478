import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  simulateCluster,
  first,
  simulateService,
  type ServiceSimulation,
} from './service-simulation.ts'

type Answer = Record<string, unknown>

const firstOf = (answer: Answer, field: string): Answer => first(answer[field] as Answer[])

/** The load balancer and its listener. */
function frontOf({ call }: ServiceSimulation) {
  const LoadBalancerArn = String(
    firstOf(call('DescribeLoadBalancers', { Names: ['front'] }), 'LoadBalancers')[
      'LoadBalancerArn'
    ],
  )
  const listeners = call('DescribeListeners', { LoadBalancerArn })
  return { LoadBalancerArn, ListenerArn: String(firstOf(listeners, 'Listeners')['ListenerArn']) }
}

test('a listener has its rules by priority, and its default rule last', () => {
  const made = simulateCluster({ loadBalancer: 'blue-green' })
  const { call, routing } = made
  const { ListenerArn, LoadBalancerArn } = frontOf(made)
  const { Rules } = call('DescribeRules', { ListenerArn })
  assert.deepEqual(
    (Rules as Answer[]).map(({ Priority, IsDefault }) => [Priority, IsDefault]),
    [
      ['1', false],
      ['2', false],
      ['default', true],
    ],
  )
  assert.match(ListenerArn, /:listener\/app\/front\/[0-9a-f]{16}\/[0-9a-f]{16}$/)
  assert.match(routing.productionListenerRule, /:listener-rule\/app\/front\/(\w{16}\/){2}\w{16}$/)
  const { TargetGroups } = call('DescribeTargetGroups', { LoadBalancerArn })
  assert.deepEqual(
    (TargetGroups as Answer[]).map(({ TargetGroupName }) => TargetGroupName),
    ['api'],
  )
})

test('a rule is modified with weights', () => {
  const { call, routing, targetGroup } = simulateCluster({ loadBalancer: 'blue-green' })
  const groups = [
    { TargetGroupArn: targetGroup, Weight: 80 },
    { TargetGroupArn: routing.alternateTargetGroupArn, Weight: 20 },
  ]
  const RuleArn = routing.productionListenerRule
  const Actions = [{ Type: 'forward', ForwardConfig: { TargetGroups: groups } }]
  const rule = firstOf(call('ModifyRule', { RuleArn, Actions }), 'Rules')
  const action = firstOf(rule, 'Actions')
  assert.deepEqual((action['ForwardConfig'] as Answer)['TargetGroups'], groups)
  assert.equal(action['TargetGroupArn'], undefined)
  assert.deepEqual(rule['Conditions'], [{ Field: 'path-pattern', Values: ['/*'] }])
})

test('unknown and invalid load balancers, listeners and rules are rejected', () => {
  const made = simulateCluster({ loadBalancer: 'blue-green' })
  const { call, targetGroup, routing } = made
  const { ListenerArn, LoadBalancerArn } = frontOf(made)
  const forward = [{ Type: 'forward', TargetGroupArn: targetGroup }]
  const refused: readonly (readonly [string, object, string])[] = [
    ['CreateLoadBalancer', { Name: 'front' }, 'DuplicateLoadBalancerName'],
    ['CreateLoadBalancer', { Name: 'net', Type: 'network' }, 'ValidationError'],
    ['DescribeLoadBalancers', { Names: ['nowhere'] }, 'LoadBalancerNotFound'],
    ['DescribeTargetGroups', { LoadBalancerArn: 'arn:x' }, 'LoadBalancerNotFound'],
    [
      'CreateListener',
      { LoadBalancerArn, Port: 443, DefaultActions: forward },
      'DuplicateListener',
    ],
    ['CreateListener', { LoadBalancerArn, Port: 80, DefaultActions: [] }, 'ValidationError'],
    ['CreateListener', { LoadBalancerArn, Protocol: 'HTTPS', Port: 80 }, 'ValidationError'],
    ['DescribeListeners', {}, 'ValidationError'],
    ['DescribeListeners', { ListenerArns: ['arn:x'] }, 'ListenerNotFound'],
    ['DescribeRules', {}, 'ValidationError'],
    ['DescribeRules', { RuleArns: ['arn:x'] }, 'RuleNotFound'],
    ['CreateRule', { ListenerArn, Priority: 1, Actions: forward }, 'PriorityInUse'],
    [
      'CreateRule',
      { ListenerArn, Priority: 9, Actions: [{ Type: 'redirect' }] },
      'ValidationError',
    ],
    [
      'ModifyRule',
      {
        RuleArn: routing.testListenerRule,
        Actions: [{ Type: 'forward', TargetGroupArn: 'arn:x' }],
      },
      'TargetGroupNotFound',
    ],
  ]
  for (const [operation, input, code] of refused) {
    assert.throws(() => call(operation, input), { code }, `${operation} ${JSON.stringify(input)}`)
  }
})

test('rules and target groups cannot be deleted while a service shifts its traffic with them', async () => {
  const made = await simulateService({
    loadBalancer: 'blue-green',
    deploymentConfiguration: { strategy: 'BLUE_GREEN' },
  })
  const { call, clock, service, routing } = made
  const { LoadBalancerArn, ListenerArn } = frontOf(made)
  const RuleArn = routing.productionListenerRule
  const group = { TargetGroupArn: routing.alternateTargetGroupArn }
  for (const [operation, input] of [
    ['DeleteRule', { RuleArn }],
    ['DeleteListener', { ListenerArn }],
    ['DeleteLoadBalancer', { LoadBalancerArn }],
    ['DeleteTargetGroup', group],
  ] as const) {
    assert.throws(() => call(operation, input), { code: 'ResourceInUse' }, operation)
  }
  call('DeleteService', { cluster: 'mailman', service: 'api', force: true })
  await clock.advanceUntil(() => service().status === 'INACTIVE', 300_000)
  const { Rules } = call('DescribeRules', { ListenerArn })
  const usual = (Rules as Answer[]).find(({ IsDefault }) => IsDefault)
  assert.throws(() => call('DeleteRule', { RuleArn: usual?.['RuleArn'] }), {
    code: 'OperationNotPermitted',
  })
  call('DeleteLoadBalancer', { LoadBalancerArn })
  assert.throws(() => call('DescribeRules', { RuleArns: [RuleArn] }), { code: 'RuleNotFound' })
  call('DeleteTargetGroup', group)
})
