import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyStage, stage } from './stage.ts'

test('a strategy that could not be is refused, each for its own reason', async () => {
  const { call, targetGroup, colours } = await stage({
    loadBalancer: 'colours',
    deploymentConfiguration: { strategy: 'BLUE_GREEN' },
  })
  const lambda = { hookTargetArn: 'arn:f', roleArn: 'arn:r' }
  const refused: readonly (readonly [object, RegExp])[] = [
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
    [{ lifecycleHooks: [{ ...lambda, lifecycleStages: ['BAKE_TIME'] }] }, /no lifecycle hooks at/],
    [{ lifecycleHooks: [{ lifecycleStages: ['PRE_SCALE_UP'] }] }, /hookTargetArn/],
    [
      { lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['TEST_TRAFFIC_SHIFT'] }] },
      /PAUSE hooks cannot be configured at TEST_TRAFFIC_SHIFT/,
    ],
    [
      {
        lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRE_SCALE_UP'], roleArn: 'r' }],
      },
      /not for PAUSE hooks/,
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
      /10 PAUSE hooks at most, not 11/,
    ],
  ]
  for (const [deploymentConfiguration, message] of refused) {
    const input = { cluster: 'mailman', service: 'api', deploymentConfiguration }
    assert.throws(() => call('UpdateService', input), {
      code: 'InvalidParameterException',
      message,
    })
  }
  const balancer = { targetGroupArn: targetGroup, containerName: 'api', containerPort: 8080 }
  const balancers: readonly (readonly [object | undefined, RegExp])[] = [
    [undefined, /advancedConfiguration field is required/],
    [{ ...colours, alternateTargetGroupArn: targetGroup }, /another target group/],
    [{ ...colours, alternateTargetGroupArn: 'arn:nowhere' }, /does not exist/],
    [{ ...colours, productionListenerRule: undefined }, /productionListenerRule/],
    [{ ...colours, testListenerRule: 'arn:no-rule' }, /listener rule does not exist/],
  ]
  for (const [advancedConfiguration, message] of balancers) {
    const loadBalancers = [{ ...balancer, advancedConfiguration }]
    assert.throws(
      () => call('UpdateService', { cluster: 'mailman', service: 'api', loadBalancers }),
      { code: 'InvalidParameterException', message },
    )
  }
})

test('a service with nothing to shift can be blue/green, and neither linear nor canary', () => {
  const { call, register } = emptyStage()
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

test('what is left out of a strategy is filled in as ECS does, and goes with the strategy', async () => {
  const { call, service } = await stage({
    loadBalancer: 'colours',
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
