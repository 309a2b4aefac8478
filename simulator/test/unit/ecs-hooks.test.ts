import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coloured, current, minute } from './blue-green-service.ts'
import type { Stage } from './stage.ts'

const lambda = 'arn:aws:lambda:us-east-1:000000000000:function:check'

const hooksOf = (played: Stage) => current(played).lifecycleHookDetails ?? []

/** A blue/green service that has got these hooks after its first deployment. */
async function hooked(...lifecycleHooks: object[]): Promise<Stage> {
  const played = await coloured({ strategy: 'BLUE_GREEN' })
  played.deploy('registry/api:2', { deploymentConfiguration: { lifecycleHooks } })
  return played
}

const checkAt = (...lifecycleStages: string[]) => ({
  hookTargetArn: lambda,
  roleArn: 'arn:aws:iam::000000000000:role/hooks',
  lifecycleStages,
})

const pauseAt = (...lifecycleStages: string[]) => ({ targetType: 'PAUSE', lifecycleStages })

test('a function that is content lets a deployment go on', async () => {
  const played = await hooked(checkAt('PRE_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT'))
  await played.settle()
  assert.equal(current(played).status, 'SUCCESSFUL')
})

test('a function that is busy is asked again, and holds the deployment until it is content', async () => {
  const played = await hooked(checkAt('POST_SCALE_UP'))
  played.engine.state.hookAnswers['check'] = { hookStatus: 'IN_PROGRESS' }
  await played.clock.advance(20 * minute)
  assert.equal(current(played).lifecycleStage, 'POST_SCALE_UP')
  const [hook] = hooksOf(played)
  assert.deepEqual(
    [hook?.targetType, hook?.targetArn, hook?.status, hook?.timeoutAction],
    ['AWS_LAMBDA', lambda, 'IN_PROGRESS', 'ROLLBACK'],
  )
  played.engine.state.hookAnswers['check'] = { hookStatus: 'SUCCEEDED' }
  await played.clock.advance(31_000)
  assert.notEqual(current(played).lifecycleStage, 'POST_SCALE_UP')
})

test('a function that fails sends the deployment back, breaker or not', async () => {
  const played = await hooked(checkAt('POST_TEST_TRAFFIC_SHIFT'))
  played.engine.state.hookAnswers[lambda] = { hookStatus: 'FAILED' }
  await played.settle()
  assert.equal(current(played).status, 'ROLLBACK_SUCCESSFUL')
  assert.match(current(played).statusReason ?? '', /hook execution failure/)
  assert.match(
    played.events().join('\n'),
    /\(deployment ecs-svc\/\d+\) deployment failed: hook execution failure\(s\) detected\./,
  )
})

test('a function that is busy for a day sends the deployment back', async () => {
  const played = await hooked(checkAt('PRE_SCALE_UP'))
  played.engine.state.hookAnswers['check'] = { hookStatus: 'IN_PROGRESS', callBackDelay: 600 }
  await played.clock.advance(1439 * minute)
  assert.equal(current(played).status, 'IN_PROGRESS')
  await played.clock.advance(2 * minute)
  assert.equal(current(played).status, 'ROLLBACK_SUCCESSFUL')
})

test('a pause waits for a person, who lets it go on', async () => {
  const played = await hooked(pauseAt('POST_TEST_TRAFFIC_SHIFT'))
  await played.clock.advance(60 * minute)
  const [hook] = hooksOf(played)
  assert.equal(hook?.status, 'AWAITING_ACTION')
  assert.match(hook?.hookId ?? '', /^ecs-pause-/)
  const { serviceDeploymentArn } = current(played)
  assert.deepEqual(
    played.call('ContinueServiceDeployment', { serviceDeploymentArn, hookId: hook?.hookId }),
    { serviceDeploymentArn },
  )
  assert.equal(hooksOf(played)[0]?.status, 'SUCCEEDED')
  await played.settle()
  assert.equal(current(played).status, 'SUCCESSFUL')
})

test('a pause waits for a person, who sends it back', async () => {
  const played = await hooked(pauseAt('PRE_PRODUCTION_TRAFFIC_SHIFT'))
  await played.clock.advance(10 * minute)
  const [hook] = hooksOf(played)
  const { serviceDeploymentArn } = current(played)
  const input = { serviceDeploymentArn, hookId: hook?.hookId, action: 'ROLLBACK' }
  played.call('ContinueServiceDeployment', input)
  assert.throws(() => played.call('ContinueServiceDeployment', input), { code: 'ClientException' })
  await played.settle()
  assert.equal(current(played).status, 'ROLLBACK_SUCCESSFUL')
})

test('a pause that nobody ends is over at its time, one way or the other', async () => {
  const ends = { CONTINUE: 'SUCCESSFUL', ROLLBACK: 'ROLLBACK_SUCCESSFUL' }
  for (const [action, status] of Object.entries(ends)) {
    const timeoutConfiguration = { timeoutInMinutes: 20, action }
    const played = await hooked({ ...pauseAt('POST_SCALE_UP'), timeoutConfiguration })
    await played.clock.advance(19 * minute)
    assert.equal(current(played).status, 'IN_PROGRESS')
    await played.settle()
    assert.equal(current(played).status, status)
  }
})

test('all hooks of a stage must agree, and one is enough to go back', async () => {
  const played = await hooked(pauseAt('POST_SCALE_UP'), checkAt('POST_SCALE_UP'))
  await played.clock.advance(10 * minute)
  assert.deepEqual(
    hooksOf(played).map(({ status }) => status),
    ['AWAITING_ACTION', 'SUCCEEDED'],
  )
  assert.equal(current(played).lifecycleStage, 'POST_SCALE_UP')
})

test('a pause before each step of traffic has an id of its own each time', async () => {
  const played = await coloured({
    strategy: 'LINEAR',
    linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 0 },
  })
  played.deploy('registry/api:2', {
    deploymentConfiguration: { lifecycleHooks: [pauseAt('PRE_PRODUCTION_TRAFFIC_SHIFT')] },
  })
  const ids = new Set<string | undefined>()
  await played.settle(() => {
    const [hook] = hooksOf(played)
    if (hook?.status !== 'AWAITING_ACTION') return
    ids.add(hook.hookId)
    const { serviceDeploymentArn } = current(played)
    played.call('ContinueServiceDeployment', { serviceDeploymentArn, hookId: hook.hookId })
  })
  assert.equal(ids.size, 2)
  assert.equal(current(played).status, 'SUCCESSFUL')
})

test('only a hook that waits can be answered', async () => {
  const played = await hooked(checkAt('PRE_SCALE_UP'))
  played.engine.state.hookAnswers['check'] = { hookStatus: 'IN_PROGRESS' }
  await played.clock.advance(2000)
  const { serviceDeploymentArn } = current(played)
  const [hook] = hooksOf(played)
  const wrong = [
    [{ serviceDeploymentArn: 'arn:aws:ecs:x', hookId: 'h' }, 'ServiceDeploymentNotFoundException'],
    [{ serviceDeploymentArn, hookId: 'h' }, 'InvalidParameterException'],
    [{ serviceDeploymentArn, hookId: hook?.hookId }, 'ClientException'],
    [{ serviceDeploymentArn }, 'InvalidParameterException'],
  ] as const
  for (const [input, code] of wrong) {
    assert.throws(() => played.call('ContinueServiceDeployment', input), { code })
  }
})
