import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createReleaseActivities } from '../../activities/index.ts'
import { awsClientsByEnvironment } from '../../activities/aws/clients.ts'
import { copyOfRevision } from '../../activities/revisions/copy.ts'
import { fastTimings } from '../../simulator/ecs/timings.ts'
import { scriptedRuntime } from '../../simulator/runtime/scripted.ts'
import { realClock } from '../../simulator/clock/index.ts'
import { startSimulator, type Simulator } from '../../simulator/start.ts'
import { failsAs, inActivity } from '../unit/activities/in-activity.ts'
import { commit, digestA, digestB, serviceNamed, specWith } from '../unit/environment-specs.ts'
import { useAsAws } from './simulated-account.ts'

let simulator: Simulator

before(async () => {
  simulator = await startSimulator({
    timings: fastTimings,
    runtime: scriptedRuntime({ clock: realClock(), behave: () => ({ digests: { api: digestA } }) }),
  })
  await useAsAws(simulator)
})

after(() => simulator.close())

const activities = createReleaseActivities()

/** One call of ECS on the wire. */
async function ecs(operation: string, body: string): Promise<string> {
  const response = await fetch(simulator.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    },
    body,
  })
  const answer = await response.text()
  assert.equal(response.status, 200, answer)
  return answer
}

/** Fields that no SDK knows, of every type that JSON has. */
const newer =
  '"memoryGuard":{"enabled":true,"limit":9007199254740993,"ratio":0.1,"note":"","ünï 🚢":{"a.b":[1,""]}}'
const newerInContainer =
  '"egressPolicy":{"allow":["10.0.0.0/8"]},"dockerLabels":{"":"x","a.b/c":""}'

/** Registers the first revision of a family, with fields that no SDK knows. */
async function register(family: string): Promise<void> {
  const container = `{"name":"api","image":"host/mailman-api@${digestA}","memory":64,"essential":true,${newerInContainer}}`
  await ecs(
    'RegisterTaskDefinition',
    `{"family":"${family}",${newer},"volumes":[{"name":"v","newKind":{"id":"fs-1"}}],"containerDefinitions":[${container}]}`,
  )
}

async function liveSpec(name: string) {
  await register(name)
  await ecs(
    'CreateService',
    JSON.stringify({
      cluster: 'mailman',
      serviceName: name,
      taskDefinition: name,
      desiredCount: 1,
    }),
  )
  return specWith({
    aws: {},
    services: [serviceNamed('api', { ecsService: name, circuitBreaker: 'optional' })],
  })
}

const image = { name: 'api', repositoryUri: 'host/mailman-api', tag: 'tag', digest: digestB }

const textOf = (taskDefinition: string) =>
  ecs('DescribeTaskDefinition', JSON.stringify({ taskDefinition }))

/** What was registered of a revision, without its image. */
function registered(answer: string): object {
  const { taskDefinition } = JSON.parse(answer) as { taskDefinition: Record<string, unknown> }
  const { containerDefinitions, ...rest } = taskDefinition
  const added = new Set([
    'taskDefinitionArn',
    'revision',
    'status',
    'registeredAt',
    'deregisteredAt',
  ])
  return {
    containers: (containerDefinitions as object[]).map((one) => ({ ...one, image: '' })),
    ...Object.fromEntries(Object.entries(rest).filter(([field]) => !added.has(field))),
  }
}

describe('a task definition with fields that are newer than the SDK', () => {
  test('keeps all of them in a new revision', async () => {
    const spec = await liveSpec('api-newer')
    const [made] = await inActivity(() =>
      activities.registerRevisions({ spec, release: 'r', commit, running: [], images: [image] }),
    )
    assert.match(made?.taskDefinition ?? '', /api-newer:2$/)
    const text = await textOf('api-newer:2')
    for (const part of [newer, '"egressPolicy"', '"dockerLabels":{"":"x","a.b/c":""}', '"newKind"'])
      assert.ok(text.includes(part), `${part} is not in ${text}`)
    assert.deepEqual(registered(text), registered(await textOf('api-newer:1')))
  })

  test('keeps all of them in the copy of a deregistered revision', async () => {
    await register('api-copied')
    await ecs('DeregisterTaskDefinition', '{"taskDefinition":"api-copied:1"}')
    const clients = awsClientsByEnvironment()({})
    const copy = await inActivity(() => copyOfRevision(clients, 'api-copied:1'))
    const text = await textOf(copy)
    assert.ok(text.includes(newer), text)
    assert.deepEqual(registered(text), registered(await textOf('api-copied:1')))
  })

  test('is not released if ECS loses one of them', async () => {
    const spec = await liveSpec('api-lost')
    const lost = {
      operation: 'RegisterTaskDefinition',
      kind: 'leaveOut',
      fields: ['egressPolicy'],
      count: 1,
    }
    simulator.faults.add(lost)
    await assert.rejects(
      inActivity(() =>
        activities.registerRevisions({ spec, release: 'r', commit, running: [], images: [image] }),
      ),
      failsAs('PreconditionFailed', 'containerDefinitions.api.egressPolicy', 'deregistered'),
    )
    const newest = await ecs('DescribeTaskDefinition', '{"taskDefinition":"api-lost"}')
    assert.match(newest, /"revision":1,/)
  })
})
