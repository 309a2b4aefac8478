import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setAlarm } from '../../ecs/index.ts'
import { anonymous, first, simulateService } from './service-simulation.ts'

/** Four tasks, of which three are enough; the last task of revision 2 never becomes healthy. */
const almost = (cleanup: 'BLOCKING' | 'DEFERRED', alarmNames: string[] = []) => {
  let started = 0
  return simulateService({
    desiredCount: 4,
    deploymentConfiguration: {
      minimumHealthyPercent: 50,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      alarms: { alarmNames, enable: alarmNames.length > 0, rollback: true },
      earlySuccessCriteria: {
        enable: true,
        healthyPercent: 60,
        sourceServiceRevisionCleanup: cleanup,
      },
    },
    behave: (revision) => (revision === 2 && ++started >= 4 ? { probe: () => 500 } : {}),
    service: { healthCheckGracePeriodSeconds: 36_000 },
  })
}

test('a deployment succeeds early with the required share of healthy tasks, rounded up', async () => {
  const made = await almost('DEFERRED', ['errors'])
  const { id } = made.deploy('registry/api:2')
  const completed = () => made.primary().rolloutState === 'COMPLETED'
  assert.equal(await made.clock.advanceUntil(completed, 3_600_000), true)
  assert.equal(first(made.serviceDeployments()).status, 'SUCCESSFUL')
  const { healthyPercent } =
    first(made.serviceDeployments()).deploymentConfiguration?.earlySuccessCriteria ?? {}
  assert.equal(healthyPercent, 60)
  assert.equal(made.primary().id, id)

  // The circuit breaker and alarms stop watching when the deployment ends.
  setAlarm(made.engine, 'errors', 'ALARM')
  await made.clock.advance(600_000)
  assert.equal(made.primary().id, id)
  assert.equal(anonymous(made.events()).at(-1)?.includes('alarm'), false)
})

test('DEFERRED completes while old tasks still drain, BLOCKING only once they are gone', async () => {
  for (const cleanup of ['DEFERRED', 'BLOCKING'] as const) {
    const made = await almost(cleanup)
    made.deploy('registry/api:2')
    const completed = () => made.primary().rolloutState === 'COMPLETED'
    assert.equal(await made.clock.advanceUntil(completed, 3_600_000), true)
    assert.equal(made.service().deployments?.length, cleanup === 'DEFERRED' ? 2 : 1)
    await made.clock.advance(60_000)
    assert.equal(made.service().deployments?.length, 1)
  }
})

test('early success criteria below the healthy minimum, incomplete or not for rolling are rejected', async () => {
  const made = await simulateService()
  const update = (earlySuccessCriteria: object) => () =>
    made.call('UpdateService', {
      cluster: 'mailman',
      service: 'api',
      deploymentConfiguration: { earlySuccessCriteria },
    })
  const cleanup = { sourceServiceRevisionCleanup: 'DEFERRED' }
  assert.throws(update({ enable: true, healthyPercent: 99, ...cleanup }), {
    code: 'InvalidParameterException',
    message: /healthyPercent is 99, but must be at least the minimumHealthyPercent, 100/,
  })
  assert.throws(update({ enable: true, ...cleanup }), { message: /needs healthyPercent/ })
  assert.doesNotThrow(update({ enable: false }))
})
