import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
} from '@aws-sdk/client-ecr'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { manualClock } from '../../clock/index.ts'
import { scriptedRuntime } from '../../runtime/scripted.ts'
import { startSimulator } from '../../start.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-state-'))
})
after(() => rm(folder, { recursive: true }))

async function start(stateFile: string) {
  const clock = manualClock()
  const runtime = scriptedRuntime({ clock, behave: () => ({}) })
  const simulator = await startSimulator({ clock, runtime, stateFile })
  const client = {
    endpoint: simulator.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  }
  return {
    clock,
    runtime,
    ecs: new ECSClient(client),
    ecr: new ECRClient(client),
    [Symbol.asyncDispose]: () => simulator.close(),
  }
}

test('a simulator continues from the state of the previous one, with new tasks', async () => {
  const file = path.join(folder, 'state.json')
  const services = { cluster: 'mailman', services: ['api'] }
  {
    await using first = await start(file)
    await first.ecr.send(new CreateRepositoryCommand({ repositoryName: 'api' }))
    await first.ecs.send(new CreateClusterCommand({ clusterName: 'mailman' }))
    await first.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'api',
        containerDefinitions: [{ name: 'web', image: 'api:1' }],
      }),
    )
    await first.ecs.send(
      new CreateServiceCommand({
        cluster: 'mailman',
        serviceName: 'api',
        taskDefinition: 'api',
        desiredCount: 1,
      }),
    )
    await first.clock.advance(120_000)
  }

  await using second = await start(file)
  await second.clock.advance(300_000)

  const { repositories } = await second.ecr.send(new DescribeRepositoriesCommand({}))
  assert.deepEqual(
    repositories?.map(({ repositoryName }) => repositoryName),
    ['api'],
  )
  const described = await second.ecs.send(new DescribeServicesCommand(services))
  const [service] = described.services ?? []
  assert.equal(service?.runningCount, 1)
  assert.equal(service.deployments?.[0]?.rolloutState, 'COMPLETED')
  assert.equal(second.runtime.started().length, 1)
})

test('a file that is not a state file is not overwritten', async () => {
  const file = path.join(folder, 'other.json')
  await writeFile(file, '{"shopping": ["milk"]}')

  await assert.rejects(start(file), { message: /other\.json is not the state of a simulator/ })
  assert.equal(await readFile(file, 'utf8'), '{"shopping": ["milk"]}')
})
