import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulateBlueGreen, current, minute } from './blue-green-service.ts'
import type { ServiceSimulation } from './service-simulation.ts'

const lambda = 'arn:aws:lambda:us-east-1:000000000000:function:check'

const hooksOf = (simulation: ServiceSimulation) => current(simulation).lifecycleHookDetails ?? []

/** A blue/green service that gets these hooks after its first deployment. */
async function hooked(...lifecycleHooks: object[]): Promise<ServiceSimulation> {
  const simulation = await simulateBlueGreen({ strategy: 'BLUE_GREEN' })
  simulation.deploy('registry/api:2', { deploymentConfiguration: { lifecycleHooks } })
  return simulation
}

const checkAt = (...lifecycleStages: string[]) => ({
  hookTargetArn: lambda,
  roleArn: 'arn:aws:iam::000000000000:role/hooks',
  lifecycleStages,
})

const pauseAt = (...lifecycleStages: string[]) => ({ targetType: 'PAUSE', lifecycleStages })

test('a function that succeeds lets a deployment continue', async () => {
  const simulation = await hooked(checkAt('PRE_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT'))
  await simulation.settle()
  assert.equal(current(simulation).status, 'SUCCESSFUL')
})

test('a function in progress is called again, and the deployment waits until it succeeds', async () => {
  const simulation = await hooked(checkAt('POST_SCALE_UP'))
  simulation.engine.state.hookAnswers['check'] = { hookStatus: 'IN_PROGRESS' }
  await simulation.clock.advance(20 * minute)
  assert.equal(current(simulation).lifecycleStage, 'POST_SCALE_UP')
  const [hook] = hooksOf(simulation)
  assert.deepEqual(
    [hook?.targetType, hook?.targetArn, hook?.status, hook?.timeoutAction],
    ['AWS_LAMBDA', lambda, 'IN_PROGRESS', 'ROLLBACK'],
  )
  simulation.engine.state.hookAnswers['check'] = { hookStatus: 'SUCCEEDED' }
  await simulation.clock.advance(31_000)
  assert.notEqual(current(simulation).lifecycleStage, 'POST_SCALE_UP')
})

test('a function that fails rolls the deployment back, with or without the circuit breaker', async () => {
  const simulation = await hooked(checkAt('POST_TEST_TRAFFIC_SHIFT'))
  simulation.engine.state.hookAnswers[lambda] = { hookStatus: 'FAILED' }
  await simulation.settle()
  assert.equal(current(simulation).status, 'ROLLBACK_SUCCESSFUL')
  assert.match(current(simulation).statusReason ?? '', /hook execution failure/)
  assert.match(
    simulation.events().join('\n'),
    /\(deployment ecs-svc\/\d+\) deployment failed: hook execution failure\(s\) detected\./,
  )
})

test('a function that is in progress for a day rolls the deployment back', async () => {
  const simulation = await hooked(checkAt('PRE_SCALE_UP'))
  simulation.engine.state.hookAnswers['check'] = { hookStatus: 'IN_PROGRESS', callBackDelay: 600 }
  await simulation.clock.advance(1439 * minute)
  assert.equal(current(simulation).status, 'IN_PROGRESS')
  await simulation.clock.advance(2 * minute)
  assert.equal(current(simulation).status, 'ROLLBACK_SUCCESSFUL')
})

test('a pause waits for a person, who continues the deployment', async () => {
  const simulation = await hooked(pauseAt('POST_TEST_TRAFFIC_SHIFT'))
  await simulation.clock.advance(60 * minute)
  const [hook] = hooksOf(simulation)
  assert.equal(hook?.status, 'AWAITING_ACTION')
  assert.match(hook?.hookId ?? '', /^ecs-pause-/)
  const { serviceDeploymentArn } = current(simulation)
  assert.deepEqual(
    simulation.call('ContinueServiceDeployment', { serviceDeploymentArn, hookId: hook?.hookId }),
    { serviceDeploymentArn },
  )
  assert.equal(hooksOf(simulation)[0]?.status, 'SUCCEEDED')
  await simulation.settle()
  assert.equal(current(simulation).status, 'SUCCESSFUL')
})

test('a pause waits for a person, who rolls the deployment back', async () => {
  const simulation = await hooked(pauseAt('PRE_PRODUCTION_TRAFFIC_SHIFT'))
  await simulation.clock.advance(10 * minute)
  const [hook] = hooksOf(simulation)
  const { serviceDeploymentArn } = current(simulation)
  const input = { serviceDeploymentArn, hookId: hook?.hookId, action: 'ROLLBACK' }
  simulation.call('ContinueServiceDeployment', input)
  assert.throws(() => simulation.call('ContinueServiceDeployment', input), {
    code: 'ClientException',
  })
  await simulation.settle()
  assert.equal(current(simulation).status, 'ROLLBACK_SUCCESSFUL')
})

test('a pause that nobody answers times out with its configured action', async () => {
  const ends = { CONTINUE: 'SUCCESSFUL', ROLLBACK: 'ROLLBACK_SUCCESSFUL' }
  for (const [action, status] of Object.entries(ends)) {
    const timeoutConfiguration = { timeoutInMinutes: 20, action }
    const simulation = await hooked({ ...pauseAt('POST_SCALE_UP'), timeoutConfiguration })
    await simulation.clock.advance(19 * minute)
    assert.equal(current(simulation).status, 'IN_PROGRESS')
    await simulation.settle()
    assert.equal(current(simulation).status, status)
  }
})

test('all hooks of a stage must succeed, and a single failure rolls back', async () => {
  const simulation = await hooked(pauseAt('POST_SCALE_UP'), checkAt('POST_SCALE_UP'))
  await simulation.clock.advance(10 * minute)
  assert.deepEqual(
    hooksOf(simulation).map(({ status }) => status),
    ['AWAITING_ACTION', 'SUCCEEDED'],
  )
  assert.equal(current(simulation).lifecycleStage, 'POST_SCALE_UP')
})

test('a pause before each shift of traffic has a new id each time', async () => {
  const simulation = await simulateBlueGreen({
    strategy: 'LINEAR',
    linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 0 },
  })
  simulation.deploy('registry/api:2', {
    deploymentConfiguration: { lifecycleHooks: [pauseAt('PRE_PRODUCTION_TRAFFIC_SHIFT')] },
  })
  const ids = new Set<string | undefined>()
  await simulation.settle(() => {
    const [hook] = hooksOf(simulation)
    if (hook?.status !== 'AWAITING_ACTION') return
    ids.add(hook.hookId)
    const { serviceDeploymentArn } = current(simulation)
    simulation.call('ContinueServiceDeployment', { serviceDeploymentArn, hookId: hook.hookId })
  })
  assert.equal(ids.size, 2)
  assert.equal(current(simulation).status, 'SUCCESSFUL')
})

test('only a hook that waits for an action can be answered', async () => {
  const simulation = await hooked(checkAt('PRE_SCALE_UP'))
  simulation.engine.state.hookAnswers['check'] = { hookStatus: 'IN_PROGRESS' }
  await simulation.clock.advance(2000)
  const { serviceDeploymentArn } = current(simulation)
  const [hook] = hooksOf(simulation)
  const wrong = [
    [{ serviceDeploymentArn: 'arn:aws:ecs:x', hookId: 'h' }, 'ServiceDeploymentNotFoundException'],
    [{ serviceDeploymentArn, hookId: 'h' }, 'InvalidParameterException'],
    [{ serviceDeploymentArn, hookId: hook?.hookId }, 'ClientException'],
    [{ serviceDeploymentArn }, 'InvalidParameterException'],
  ] as const
  for (const [input, code] of wrong) {
    assert.throws(() => simulation.call('ContinueServiceDeployment', input), { code })
  }
})
