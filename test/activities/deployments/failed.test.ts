import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  DescribeServicesCommand,
  ECSClient,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
  type DeploymentConfiguration,
} from '@aws-sdk/client-ecs'
import type { InspectedService } from '../../../contract/activity-types.ts'
import type { Simulator } from '../../../simulator/start.ts'
import { inActivity } from '../../unit/activities/in-activity.ts'
import { commit } from '../../unit/environment-specs.ts'
import { digest } from './digit-images.ts'
import { activities, startFastAccount } from './fast-account.ts'
import { trafficShiftingService } from './traffic-shifting-service.ts'

const noRollback = { deploymentCircuitBreaker: { enable: true, rollback: false } } as const

let simulator: Simulator
let number = 0

before(async () => {
  simulator = await startFastAccount()
})

after(() => simulator.close())

/** A service with two tasks that run image 1, and what people do to it. */
async function liveService(configuration: DeploymentConfiguration = noRollback) {
  number += 1
  const name = `failed-${number}`
  const api = await trafficShiftingService(activities, name, configuration)
  const initial = await api.settled()
  const ecs = new ECSClient()
  const which = { cluster: 'mailman', service: name }
  return {
    ...api,
    initial,
    /** Deploys an image without Slipway, and does not wait. */
    async deploy(digit: string): Promise<string> {
      const { taskDefinition } = await api.register(digit)
      await ecs.send(new UpdateServiceCommand({ ...which, taskDefinition }))
      return taskDefinition
    },
    scale: (desiredCount: number) => ecs.send(new UpdateServiceCommand({ ...which, desiredCount })),
    /** Aborts the newest deployment, and waits until ECS has stopped it. */
    async abort(): Promise<void> {
      const { serviceDeploymentArn } = await api.newest()
      await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ABORT' }))
      await api.newest(({ status }) => status === 'STOPPED')
    },
    /** `PRIMARY FAILED`, … */
    async deployments(): Promise<readonly string[]> {
      const { services = [] } = await ecs.send(
        new DescribeServicesCommand({ cluster: 'mailman', services: [name] }),
      )
      const [{ deployments = [] } = {}] = services
      return deployments.map(({ status, rolloutState }) => `${status} ${rolloutState}`)
    },
    async inspected(): Promise<InspectedService> {
      const [inspected] = (await api.inspect()).services
      assert.ok(inspected)
      return inspected
    },
  }
}

type LiveService = Awaited<ReturnType<typeof liveService>>

/** A service whose deployment of image `c` has failed, and which still runs image 1. */
async function stuckService(configuration?: DeploymentConfiguration): Promise<LiveService> {
  const api = await liveService(configuration)
  await api.deploy('c')
  await api.newest(({ status }) => status === 'STOPPED')
  assert.deepEqual(await api.deployments(), ['PRIMARY FAILED', 'ACTIVE COMPLETED'])
  return api
}

/** Releases an image on top of what there is. Returns how the rollout ended, and what it goes back to. */
async function release(api: LiveService, digit: string) {
  const inspected = await api.inspected()
  const revision = await api.register(digit)
  const started = await api.update(revision, inspected)
  return { inspected, revision, started, end: await api.wait(started, revision) }
}

describe('after a deployment that failed and that ECS has left in its place', () => {
  test('a release goes ahead, and goes live', async () => {
    const api = await stuckService()
    const { inspected, revision, started, end } = await release(api, '2')
    assert.deepEqual(inspected.now, api.initial.now)
    assert.equal(end.kind, 'succeeded')
    assert.equal((await api.verify(started, revision)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now.digests, { api: digest('2') })
  })

  test('a release that fails as well goes back to what served, and the next one is not refused', async () => {
    const api = await stuckService()
    const { inspected, started, end } = await release(api, 'c')
    assert.equal(end.kind, 'failed')
    assert.equal((await api.rollBack(inspected, started)).kind, 'succeeded')
    const settled = await api.settled()
    assert.deepEqual(settled.now, api.initial.now)
    assert.equal(settled.needsDeployment, undefined)
    assert.equal((await release(api, '2')).end.kind, 'succeeded')
  })

  test('a rollback that fails as well does not refuse the next release', async () => {
    const api = await liveService()
    const { started, end } = await release(api, 'c')
    assert.equal(end.kind, 'failed')
    const bad = {
      ...api.initial.rollbackTarget,
      taskDefinition: (await api.register('c')).taskDefinition,
    }
    const rollback = await api.rollBack({ ...api.initial, rollbackTarget: bad }, started)
    assert.equal(rollback.kind, 'failed')
    assert.equal((await release(api, '2')).end.kind, 'succeeded')
  })

  test('the same revision can be deployed again, and so can the one that serves', async () => {
    const api = await stuckService()
    const again = await release(api, 'c')
    assert.equal(again.revision.registered, false)
    assert.notEqual(again.started.deploymentId, again.inspected.rollbackTarget.deploymentId)
    assert.equal(again.end.kind, 'failed')
    const { taskDefinition, digests } = api.initial.now
    const served = { service: 'api', taskDefinition, digests, registered: false }
    const started = await api.update(served, await api.inspected())
    assert.equal((await api.wait(started, served)).kind, 'succeeded')
  })

  test('the plan compares with what serves', async () => {
    const api = await stuckService()
    const plan = await inActivity(() => activities.planRelease({ spec: api.spec, commit }))
    assert.deepEqual(plan.services[0]?.current, api.initial.now)
  })

  test('a first deployment that failed is no rollback target', async () => {
    number += 1
    const api = await trafficShiftingService(activities, `failed-${number}`, noRollback, 'c')
    await api.newest(({ status }) => status === 'STOPPED')
    const [inspected] = (await api.inspect()).services
    assert.equal(inspected?.rollbackTarget.hasSucceeded, false)
  })
})

describe('after a deployment that a person has aborted', () => {
  test('a release of what already has tasks goes ahead', async () => {
    const api = await liveService()
    await api.deploy('d')
    await api.abort()
    const { inspected, end } = await release(api, '2')
    assert.deepEqual(inspected.rollbackTarget.digests, { api: digest('1') })
    assert.equal(end.kind, 'succeeded')
  })

  test('a blue/green release that ECS rolls back ends with blue, which served all the time', async () => {
    const api = await liveService({
      strategy: 'BLUE_GREEN',
      deploymentCircuitBreaker: { enable: true, rollback: true },
    })
    await api.deploy('d')
    await api.abort()
    const { inspected, started, end } = await release(api, 'c')
    assert.equal(end.kind, 'rolled_back')
    assert.equal((await api.rollBack(inspected, started)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, api.initial.now)
    assert.deepEqual(await api.servingColours(), ['blue'])
  })
})

describe('a service that is scaled to 0 while a release is under way', () => {
  test('ends as verified without tasks, unless it is scaled up again', async () => {
    const api = await liveService()
    const inspected = await api.inspected()
    const revision = await api.register('2')
    const started = await api.update(revision, inspected)
    await api.scale(0)
    assert.equal((await api.wait(started, revision)).kind, 'succeeded')
    const none = await api.verify(started, revision)
    assert.deepEqual(none.kind === 'succeeded' && none.withoutTasks, ['api'])
    const plan = await inActivity(() => activities.planRelease({ spec: api.spec, commit }))
    assert.match(plan.warnings.join(), /desired count of service "failed-\d+" is 0/)
    await api.scale(2)
    const two = await api.verify(started, revision)
    assert.equal(two.kind === 'succeeded' && two.withoutTasks, undefined)
    assert.match(two.kind === 'succeeded' ? two.summary : '', /2 of 2 tasks running/)
  })
})
