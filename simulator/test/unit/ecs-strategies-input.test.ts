import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulateCluster, simulateService } from './service-simulation.ts'

test('invalid strategies are rejected, each for its own reason', async () => {
  const { call, targetGroup, routing } = await simulateService({
    loadBalancer: 'blue-green',
    deploymentConfiguration: { strategy: 'BLUE_GREEN' },
  })
  const lambda = { hookTargetArn: 'arn:f', roleArn: 'arn:r' }
  const rejected: readonly (readonly [object, RegExp])[] = [
    [{ strategy: 'YELLOW' }, /strategy must be one of/],
    [{ bakeTimeInMinutes: 1441 }, /bakeTimeInMinutes/],
    [{ canaryConfiguration: {} }, /only with strategy CANARY/],
    [{ strategy: 'CANARY', linearConfiguration: {} }, /only with strategy LINEAR/],
    [{ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0 } }, /canaryPercent/],
    [{ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0.25 } }, /multiple of 0\.1/],
    [{ strategy: 'LINEAR', linearConfiguration: { stepPercent: 2.9 } }, /from 3 to 100/],
    [{ strategy: 'LINEAR', linearConfiguration: { stepBakeTimeInMinutes: -1 } }, /stepBakeTime/],
    [
      {
        earlySuccessCriteria: {
          enable: true,
          healthyPercent: 100,
          sourceServiceRevisionCleanup: 'BLOCKING',
        },
      },
      /early success criteria only with rolling/,
    ],
    [{ lifecycleHooks: [{ ...lambda }] }, /lifecycleStages/],
    [{ lifecycleHooks: [{ ...lambda, lifecycleStages: ['BAKE_TIME'] }] }, /has no lifecycle hooks/],
    [{ lifecycleHooks: [{ lifecycleStages: ['PRE_SCALE_UP'] }] }, /hookTargetArn/],
    [
      { lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['TEST_TRAFFIC_SHIFT'] }] },
      /PAUSE hooks cannot be configured at TEST_TRAFFIC_SHIFT/,
    ],
    [
      {
        lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'], roleArn: 'r' }],
      },
      /not allowed for PAUSE hooks/,
    ],
    [
      {
        lifecycleHooks: [
          {
            ...lambda,
            lifecycleStages: ['PRE_SCALE_UP'],
            timeoutConfiguration: { timeoutInMinutes: 1441 },
          },
        ],
      },
      /timeoutInMinutes/,
    ],
    [
      {
        lifecycleHooks: Array.from({ length: 11 }, () => ({
          targetType: 'PAUSE',
          lifecycleStages: ['PRE_SCALE_UP'],
        })),
      },
      /at most 10 PAUSE hooks, not 11/,
    ],
  ]
  for (const [deploymentConfiguration, message] of rejected) {
    const input = { cluster: 'mailman', service: 'api', deploymentConfiguration }
    assert.throws(() => call('UpdateService', input), {
      code: 'InvalidParameterException',
      message,
    })
  }
  const balancer = { targetGroupArn: targetGroup, containerName: 'api', containerPort: 8080 }
  const balancers: readonly (readonly [object | undefined, RegExp])[] = [
    [undefined, /advancedConfiguration field is required/],
    [{ ...routing, alternateTargetGroupArn: targetGroup }, /must differ from targetGroupArn/],
    [{ ...routing, alternateTargetGroupArn: 'arn:nowhere' }, /does not exist/],
    [{ ...routing, productionListenerRule: undefined }, /productionListenerRule/],
    [{ ...routing, testListenerRule: 'arn:no-rule' }, /listener rule does not exist/],
  ]
  for (const [advancedConfiguration, message] of balancers) {
    const loadBalancers = [{ ...balancer, advancedConfiguration }]
    assert.throws(
      () => call('UpdateService', { cluster: 'mailman', service: 'api', loadBalancers }),
      { code: 'InvalidParameterException', message },
    )
  }
})

test('a service without a load balancer can be blue/green, but not linear or canary', () => {
  const { call, register } = simulateCluster()
  const create = (strategy: string) =>
    call('CreateService', {
      cluster: 'mailman',
      serviceName: strategy.toLowerCase(),
      taskDefinition: register('registry/api:1'),
      deploymentConfiguration: { strategy },
    })
  create('BLUE_GREEN')
  for (const strategy of ['LINEAR', 'CANARY']) {
    assert.throws(() => create(strategy), { code: 'InvalidParameterException' })
  }
})

test("a strategy's defaults are ECS's, and its settings go when the strategy changes", async () => {
  const { call, service } = await simulateService({
    loadBalancer: 'blue-green',
    deploymentConfiguration: { strategy: 'CANARY' },
  })
  assert.deepEqual(service().deploymentConfiguration?.canaryConfiguration, {
    canaryPercent: 5,
    canaryBakeTimeInMinutes: 10,
  })
  const update = (deploymentConfiguration: object) => {
    call('UpdateService', { cluster: 'mailman', service: 'api', deploymentConfiguration })
    return service().deploymentConfiguration
  }
  assert.deepEqual(update({ strategy: 'LINEAR' })?.linearConfiguration, {
    stepPercent: 10,
    stepBakeTimeInMinutes: 6,
  })
  const rolling = update({ strategy: 'ROLLING' })
  assert.deepEqual(
    [rolling?.canaryConfiguration, rolling?.linearConfiguration, rolling?.lifecycleHooks],
    [undefined, undefined, undefined],
  )
})
