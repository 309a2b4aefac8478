import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { simulateService } from './service-simulation.ts'

const daemon = { schedulingStrategy: 'DAEMON', desiredCount: undefined }
const cluster = 'mailman'
const crashing = { exits: { afterMs: 100, code: 1 } }

const simulateDaemon = (behave: (revision: number) => object = () => ({})) =>
  simulateService({ loadBalancer: false, service: daemon, behave })

describe('a daemon', () => {
  test('runs one task on each of two instances, and may replace all at once', async () => {
    const { service, tasks } = await simulateDaemon()
    const { schedulingStrategy, desiredCount, runningCount, deploymentConfiguration } = service()
    assert.deepEqual(
      { schedulingStrategy, desiredCount, runningCount },
      { schedulingStrategy: 'DAEMON', desiredCount: 2, runningCount: 2 },
    )
    assert.equal(deploymentConfiguration?.minimumHealthyPercent, 0)
    assert.equal(deploymentConfiguration?.maximumPercent, 100)
    assert.equal(tasks().length, 2)
  })

  test('never runs more tasks than instances while it is updated', async () => {
    const { clock, service, tasks, deploy } = await simulateDaemon()
    deploy('v2')
    for (let second = 0; second < 300; second += 1) {
      await clock.advance(1_000)
      const running = tasks().filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
      assert.ok(running.length <= 2, `${running.length} tasks`)
    }
    assert.equal(service().deployments?.[0]?.rolloutState, 'COMPLETED')
  })

  test('is not failed by the circuit breaker, even if that is on', async () => {
    const { clock, call, primary, deploy } = await simulateDaemon((revision) =>
      revision === 2 ? crashing : {},
    )
    const deploymentCircuitBreaker = { enable: true, rollback: true }
    const deploymentConfiguration = { deploymentCircuitBreaker }
    call('UpdateService', { cluster, service: 'api', deploymentConfiguration })
    deploy('v2')
    await clock.advance(3_600_000)
    assert.equal(primary().rolloutState, 'IN_PROGRESS')
    assert.ok((primary().failedTasks ?? 0) > 3)
  })

  test('has no desired count, no other percentage and no traffic to shift', async () => {
    const { call } = await simulateDaemon()
    for (const change of [
      { desiredCount: 3 },
      { deploymentConfiguration: { maximumPercent: 200 } },
      { deploymentConfiguration: { strategy: 'BLUE_GREEN' } },
    ]) {
      assert.throws(() => call('UpdateService', { cluster, service: 'api', ...change }), {
        code: 'InvalidParameterException',
      })
    }
  })
})
