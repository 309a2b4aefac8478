import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  CreateServiceCommand,
  DescribeServiceRevisionsCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import type { EnvironmentSpec } from '../../../contract/environment-spec.ts'
import { createReleaseActivities } from '../../../activities/index.ts'
import type { InspectedService, Revision } from '../../../contract/activity-types.ts'
import type { StartedDeployment } from '../../../rollout/deployment.ts'
import { realClock } from '../../../simulator/clock/index.ts'
import { scriptedRuntime, type Behaviour } from '../../../simulator/runtime/scripted.ts'
import { fastTimings } from '../../../simulator/ecs/timings.ts'
import { startSimulator, type Simulator } from '../../../simulator/start.ts'
import { failsAs, inActivity } from '../../unit/activities/in-activity.ts'
import { commit, serviceNamed, specWith } from '../../unit/environment-specs.ts'
import { useAsAws } from '../simulated-account.ts'

/** Behaviour of an image's tasks, by the first digit of its digest. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  '1': {},
  '2': {},
  c: { exits: { afterMs: 5, code: 3 }, logs: ['listening', 'panic: no database'] },
  d: { startMs: 600_000 },
  e: { pullFails: true },
  a: {
    pullFails:
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 10.0.3.7:443: i/o timeout. Please check your task network configuration.',
  },
}

const digest = (digit: string) => `sha256:${digit.repeat(64)}`
const instant = { react: 5, launch: 5, relaunch: 10, settle: 50, complete: 10 }
const quick = { pullMs: 1, startMs: 1, stopMs: 1 }

let simulator: Simulator
let number = 0
/** The digest that `api-latest` points at. */
let movingTag = digest('1')

before(async () => {
  simulator = await startSimulator({
    timings: { ...fastTimings, ...instant },
    runtime: scriptedRuntime({
      clock: realClock(),
      behave: ({ containers: [container] }) => {
        const digit = container?.image.split('@sha256:')[1]?.[0] ?? ''
        return { ...quick, digests: { api: movingTag }, ...behaviours[digit] }
      },
    }),
  })
  await useAsAws(simulator)
})

after(() => simulator.close())

const activities = createReleaseActivities({ pace: { nearEndMs: 20, farMs: 50 } })

/** Creates a service that runs image 1, with the activities of a release for it. */
async function liveService(kind: boolean | 'daemon', mode: EnvironmentSpec['mode'] = 'pin') {
  number += 1
  const isDaemon = kind === 'daemon'
  const circuitBreaker = kind === true
  const ecs = new ECSClient()
  const name = `api-${number}`
  const image = mode === 'pin' ? `@${digest('1')}` : ':api-latest'
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: name,
      containerDefinitions: [
        {
          name: 'api',
          image: `host/mailman-api${image}`,
          essential: true,
          memory: 64,
          logConfiguration: {
            logDriver: 'awslogs',
            options: { 'awslogs-group': '/mailman', 'awslogs-stream-prefix': 'ecs' },
          },
        },
      ],
    }),
  )
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'mailman',
      serviceName: name,
      taskDefinition: taskDefinition?.taskDefinitionArn ?? '',
      ...(isDaemon
        ? { schedulingStrategy: 'DAEMON' }
        : {
            desiredCount: 1,
            deploymentConfiguration: {
              deploymentCircuitBreaker: { enable: circuitBreaker, rollback: circuitBreaker },
            },
          }),
    }),
  )
  const service = serviceNamed('api', {
    ecsService: name,
    circuitBreaker: isDaemon ? 'required' : 'optional',
  })
  const spec = specWith({ aws: {}, services: [service], mode })
  const inspect = () =>
    inActivity(() => activities.inspectEnvironment({ spec, freezes: 'kept', kind: 'deploy' }))
  return {
    name,
    spec,
    service,
    inspect,
    /** Waits until the service is live: until then, inspection finds a deployment in progress. */
    async settled(): Promise<InspectedService> {
      for (let tries = 0; ; tries += 1) {
        const found = await inspect().catch((error: unknown) => error)
        const [inspected] = isInspection(found) ? found.services : []
        if (inspected !== undefined && inspected.now.digests['api'] !== undefined) return inspected
        if (tries > 200) throw found instanceof Error ? found : new Error('not live in time')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    /** Waits until one of its tasks has crashed. */
    async restarted(): Promise<void> {
      const stopped = { cluster: 'mailman', serviceName: name, desiredStatus: 'STOPPED' } as const
      for (let tries = 0; tries < 300; tries += 1) {
        const { taskArns: tasks = [] } = await ecs.send(new ListTasksCommand(stopped))
        const described = await ecs.send(new DescribeTasksCommand({ cluster: 'mailman', tasks }))
        if (described.tasks?.some(({ stopCode }) => stopCode === 'EssentialContainerExited')) return
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error('no task has crashed in time')
    },
    async register(digit: string): Promise<Revision> {
      const pushed = {
        name: 'api',
        repositoryUri: 'host/mailman-api',
        tag: 'tag',
        digest: digest(digit),
      }
      const [made] = await inActivity(() =>
        activities.registerRevisions({ spec, release: 'r', commit, running: [], images: [pushed] }),
      )
      assert.ok(made)
      return made
    },
    async deploymentsOf(revision: Revision) {
      const { serviceDeployments = [] } = await ecs.send(
        new ListServiceDeploymentsCommand({ cluster: 'mailman', service: name }),
      )
      const arns = serviceDeployments.flatMap((one) => one.targetServiceRevisionArn ?? [])
      const { serviceRevisions = [] } = await ecs.send(
        new DescribeServiceRevisionsCommand({ serviceRevisionArns: arns }),
      )
      return serviceRevisions.filter((one) => one.taskDefinition === revision.taskDefinition)
    },
    update: (revision: Revision, inspected: InspectedService, force = false) =>
      inActivity(() =>
        activities.updateService({
          spec,
          service,
          revision,
          before: inspected.rollbackTarget,
          force,
        }),
      ),
    wait: (started: StartedDeployment, revision: Revision, timeoutMs = 20_000) =>
      inActivity(() =>
        activities.waitForRollout({
          spec,
          service,
          started,
          revision,
          deadline: Date.now() + timeoutMs,
        }),
      ),
    rollBack: (inspected: InspectedService, started?: StartedDeployment, timeoutMs = 20_000) =>
      inActivity(() =>
        activities.rollBackService({
          spec,
          service,
          to: inspected.rollbackTarget,
          ...(started === undefined ? {} : { started }),
          deadline: Date.now() + timeoutMs,
        }),
      ),
  }
}

function isInspection(value: unknown): value is { services: readonly InspectedService[] } {
  return typeof value === 'object' && value !== null && 'services' in value
}

describe('a rolling deployment', () => {
  test('goes live, is verified, and is rolled back on request', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    assert.equal(initial.rollbackTarget.hasSucceeded, true)
    const revision = await api.register('2')
    const started = await api.update(revision, initial)
    assert.match(started.serviceDeploymentArn ?? '', /service-deployment/)
    assert.deepEqual(await api.update(revision, initial), started)
    const end = await api.wait(started, revision)
    assert.equal(end.kind === 'succeeded' && end.basis, 'service deployment')
    const verified = await inActivity(() =>
      activities.verifyRelease({ spec: api.spec, revisions: [revision], started: [started] }),
    )
    assert.equal(verified.kind, 'succeeded')
    assert.deepEqual((await api.settled()).now.digests, { api: digest('2') })
    assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
    assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, initial.now)
  })

  test('fails the verification if a task crashed after the rollout', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('2')
    simulator.taskFaults.add({ kind: 'crash loop', service: api.name, afterMs: 1_000, count: 1 })
    const started = await api.update(revision, initial)
    assert.equal((await api.wait(started, revision)).kind, 'succeeded')
    await api.restarted()
    await api.settled()
    const spec = { ...api.spec, stability: { timeoutMs: 10_000, windowMs: 0 } }
    const end = await inActivity(() =>
      activities.verifyRelease({ spec, revisions: [revision], started: [started] }),
    )
    assert.equal(end.kind, 'failed')
    assert.match(end.reason, /stopped after it had been healthy/)
  })

  test('is rolled back by ECS when the container crashes, and the result names the cause', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('c')
    const started = await api.update(revision, initial)
    const end = await api.wait(started, revision)
    assert.equal(end.kind, 'rolled_back')
    assert.match(end.reason, /circuit breaker/)
    assert.match(end.cause, /Container api exited with 3/)
    const [failed] = end.failedTasks ?? []
    assert.deepEqual(
      [failed?.container, failed?.exitCode, failed?.stopCode],
      ['api', 3, 'EssentialContainerExited'],
    )
    assert.ok((failed?.times ?? 0) >= 3)
    assert.deepEqual(failed?.logs, ['listening', 'panic: no database'])
    assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, initial.now)
  })

  test('is rolled back by ECS when the image cannot be pulled', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('e')
    const end = await api.wait(await api.update(revision, initial), revision)
    assert.equal(end.kind, 'rolled_back')
    assert.match(end.cause, /cannot be pulled/)
    assert.equal(end.failedTasks?.[0]?.stopCode, 'TaskFailedToStart')
  })

  test('is rolled back with the network as the cause when a task cannot reach ECR', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('a')
    const end = await api.wait(await api.update(revision, initial), revision)
    assert.equal(end.kind, 'rolled_back')
    assert.match(end.cause, /^The task cannot reach ECR \(api\.ecr\.eu-west-1\.amazonaws\.com\)/)
  })

  test('of a daemon goes live on each instance, without a circuit breaker', async () => {
    const agent = await liveService('daemon')
    const initial = await agent.settled()
    assert.equal(initial.desiredCount, 2)
    const revision = await agent.register('2')
    const end = await agent.wait(await agent.update(revision, initial), revision)
    assert.equal(end.kind === 'succeeded' && end.summary, '2 of 2 tasks running')
  })

  test('of a daemon that crashes is rolled back when its time is up', async () => {
    const agent = await liveService('daemon')
    const initial = await agent.settled()
    const revision = await agent.register('c')
    const started = await agent.update(revision, initial)
    const end = await agent.wait(started, revision, 500)
    assert.equal(end.kind, 'timed_out')
    assert.equal((await agent.rollBack(initial, started)).kind, 'succeeded')
    assert.equal((await agent.settled()).now.taskDefinition, initial.now.taskDefinition)
  })

  test('is stopped and rolled back when its time is up', async () => {
    const api = await liveService(false)
    const initial = await api.settled()
    const revision = await api.register('d')
    const started = await api.update(revision, initial)
    const end = await api.wait(started, revision, 300)
    assert.equal(end.kind, 'timed_out')
    assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, initial.now)
  })

  test('is rolled back even if the release never learned its id', async () => {
    const api = await liveService(false)
    const initial = await api.settled()
    await api.update(await api.register('d'), initial)
    assert.equal((await api.rollBack(initial)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, initial.now)
  })

  test('conflicts with another release while it is in progress', async () => {
    const api = await liveService(false)
    const initial = await api.settled()
    const revision = await api.register('d')
    const started = await api.update(revision, initial)
    await assert.rejects(api.inspect(), failsAs('Conflict', started.deploymentId))
    const other = await api.register('2')
    await assert.rejects(api.update(other, initial), failsAs('Conflict', started.deploymentId))
    await api.rollBack(initial, started)
  })

  test('is rolled back in force mode by exactly one deployment, once the tag points back', async () => {
    const api = await liveService(true, 'force')
    const initial = await api.settled()
    movingTag = digest('2')
    const revision = await api.register('2')
    assert.deepEqual(revision.digests, { api: digest('2') })
    const started = await api.update(revision, initial, true)
    assert.equal((await api.wait(started, revision)).kind, 'succeeded')
    movingTag = digest('1')
    for (const known of [started, started, undefined]) {
      assert.equal((await api.rollBack(initial, known)).kind, 'succeeded')
      assert.deepEqual((await api.settled()).now, initial.now)
      assert.equal((await api.deploymentsOf(revision)).length, 3)
    }
  })

  test('is started only once even if the response is lost', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('2')
    for (const force of [false, true]) {
      const now = force ? await api.settled() : initial
      simulator.faults.add({ operation: 'UpdateService', kind: 'loseResponse' })
      await assert.rejects(api.update(revision, now, force), failsAs('Unavailable'))
      const started = await api.update(revision, now, force)
      assert.equal((await api.wait(started, revision)).kind, 'succeeded')
      const deployments = await api.deploymentsOf(revision)
      assert.equal(deployments.length, force ? 2 : 1)
    }
  })

  test('is started only once even if the response does not name it', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('2')
    const fields = ['deployments']
    simulator.faults.add({ operation: 'UpdateService', kind: 'leaveOut', fields })
    await assert.rejects(
      api.update(revision, initial),
      failsAs('Unavailable', 'its answer has no PRIMARY'),
    )
    const started = await api.update(revision, initial)
    assert.equal((await api.wait(started, revision)).kind, 'succeeded')
    assert.equal((await api.deploymentsOf(revision)).length, 1)
  })

  test('counts neither as successful nor as rolled back while the responses lack the proof', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, initial)
    const lacking = { operation: 'DescribeServices', kind: 'leaveOut', count: 'forever' }
    const { id } = simulator.faults.add({ ...lacking, fields: ['runningCount'] })
    const end = await api.wait(started, revision, 600)
    assert.equal(end.kind, 'timed_out')
    assert.match(end.kind === 'timed_out' ? end.reason : '', /ECS did not say .*runningCount/)
    const rollback = await api.rollBack(initial, started, 600)
    assert.equal(rollback.kind, 'timed_out')
    assert.match(
      rollback.kind === 'timed_out' ? rollback.reason : '',
      /ECS did not say .*runningCount/,
    )
    simulator.faults.clear(id)
    assert.equal((await api.rollBack(initial, started)).kind, 'succeeded')
    assert.deepEqual((await api.settled()).now, initial.now)
  })

  test('is awaited through throttling, errors and lost connections', async () => {
    const api = await liveService(true)
    const initial = await api.settled()
    const revision = await api.register('2')
    const started = await api.update(revision, initial)
    for (const kind of ['throttle', 'error5xx', 'drop']) {
      simulator.faults.add({ operation: 'DescribeServices', kind, count: 3 })
      simulator.faults.add({ operation: 'DescribeTasks', kind, count: 3 })
    }
    assert.equal((await api.wait(started, revision)).kind, 'succeeded')
    simulator.faults.clear()
  })

  test('is planned without changing anything', async () => {
    const api = await liveService(true)
    await api.settled()
    const plan = await inActivity(() => activities.planRelease({ spec: api.spec, commit }))
    const [change] = plan.services[0]?.changes ?? []
    assert.equal(change?.path, 'containerDefinitions.api.image')
    assert.match(change.after ?? '', new RegExp(`mailman-api:api-${commit} \\(to be built\\)$`))
  })
})
