import type { ReleaseKind } from '../../../contract/release-reference.ts'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type CPUArchitecture,
  type LaunchType,
} from '@aws-sdk/client-ecs'
import { createReleaseActivities } from '../../../activities/index.ts'
import { realClock } from '../../../simulator/clock/index.ts'
import { fastTimings } from '../../../simulator/ecs/timings.ts'
import { scriptedRuntime } from '../../../simulator/runtime/scripted.ts'
import { startSimulator, type Simulator } from '../../../simulator/start.ts'
import { ociRegistry, type OciRegistry } from '../../../simulator/test/unit/ecr-oci-registry.ts'
import { failsAs, inActivity } from '../../unit/activities/in-activity.ts'
import { commit, imageNamed, serviceNamed, specWith } from '../../unit/environment-specs.ts'
import { imagePusher } from './pushed-images.ts'
import { useAsAws } from '../simulated-account.ts'

const activities = createReleaseActivities()
const amd64 = { os: 'linux', architecture: 'amd64' }
const arm64 = { os: 'linux', architecture: 'arm64' }
const of = (digit: number) => `${digit}`.repeat(40)

const inspect = async (spec: ReturnType<typeof specWith>, kind: ReleaseKind = 'deploy') => {
  const input = { spec, freezes: 'kept', kind } as const
  for (let tries = 0; ; tries += 1) {
    try {
      return await inActivity(() => activities.inspectEnvironment(input))
    } catch (error) {
      // Until ECS calls the first deployment complete.
      if (tries > 100 || !/already being deployed/.test(String(error))) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

const find = async (spec: ReturnType<typeof specWith>, wanted: string) => {
  const { services: running } = await inspect(spec)
  const [image] = await inActivity(() => activities.findImages({ spec, commit: wanted, running }))
  assert.ok(image)
  return image
}

describe('an image for another platform than that of its service', () => {
  let simulator: Simulator
  let registry: OciRegistry
  let repositoryUri: string
  let digest: string

  /** Creates a service without tasks, and returns the spec of an environment with it. */
  async function environmentOf(
    name: string,
    cpuArchitecture?: CPUArchitecture,
    launchType: LaunchType = 'EC2',
  ) {
    const ecs = new ECSClient()
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: name,
        ...(cpuArchitecture && { runtimePlatform: { cpuArchitecture } }),
        containerDefinitions: [
          { name: 'api', image: `${repositoryUri}@${digest}`, essential: true, memory: 64 },
        ],
      }),
    )
    await ecs.send(
      new CreateServiceCommand({
        cluster: 'mailman',
        serviceName: name,
        taskDefinition: name,
        desiredCount: 0,
        launchType,
      }),
    )
    const service = serviceNamed('api', { ecsService: name, circuitBreaker: 'optional' })
    return specWith({ aws: {}, services: [service] })
  }

  before(async () => {
    registry = await ociRegistry()
    simulator = await startSimulator({
      registry,
      timings: { ...fastTimings, react: 5, launch: 5, settle: 20, complete: 10 },
      runtime: scriptedRuntime({ clock: realClock(), behave: () => ({}) }),
    })
    await useAsAws(simulator)
    repositoryUri = `${new URL(simulator.registryProxyUrl ?? '').host}/mailman-api`
    const pusher = imagePusher(repositoryUri)
    digest = (await pusher.image(amd64, 'v1', `api-${commit}`)).digest
    const images = await Promise.all(
      [amd64, arm64].map(async (platform) => ({
        ...(await pusher.image(platform, `v2 ${platform.architecture}`)),
        platform,
      })),
    )
    await pusher.index(images, `api-${of(2)}`)
    await pusher.index(images.slice(0, 1), `api-${of(3)}`)
    await pusher.image(arm64, 'v5', `api-${of(5)}`)
  })

  after(async () => {
    await simulator.close()
    await registry.close()
  })

  test('is rejected where the registry has it', async () => {
    const spec = await environmentOf('graviton', 'ARM64')
    const names = ['service "graviton"', 'graviton:1', 'made for linux/amd64', 'on arm64']
    for (const wanted of [commit, of(3)]) {
      await assert.rejects(
        find(spec, wanted),
        failsAs('PreconditionFailed', ...names, `--image-ids imageTag=api-${wanted}`),
      )
    }
    await assert.rejects(
      inActivity(() => activities.planRelease({ spec, commit })),
      failsAs('PreconditionFailed', ...names),
    )
    assert.equal((await find(spec, of(2))).manifests?.length, 2)
  })

  test('is not what will be built', async () => {
    const spec = await environmentOf('to-build', 'ARM64')
    const missing = await find(spec, of(4))
    assert.deepEqual(
      missing.requiredPlatforms?.map(({ architecture }) => architecture),
      ['arm64'],
    )
    const wrong = { ...spec, images: [imageNamed('api', { platform: 'linux/amd64' })] }
    await assert.rejects(
      find(wrong, of(4)),
      failsAs('PreconditionFailed', '"platform: linux/amd64" in slipway.yaml', 'to-build:1'),
    )
    const both = {
      ...spec,
      images: [imageNamed('api', { platform: 'linux/amd64, linux/arm64/v8' })],
    }
    assert.equal((await find(both, of(4))).digest, undefined)
  })

  test('is rejected as the target of a rollback and of a redeploy, not where it is replaced', async () => {
    const spec = await environmentOf('again', 'ARM64')
    await assert.rejects(
      inActivity(() => activities.resolveRollback({ spec, to: 'again:1' })),
      failsAs('PreconditionFailed', 'service "again"', 'slipway revisions production api'),
    )
    await assert.rejects(
      inspect(spec, 'redeploy'),
      failsAs('PreconditionFailed', 'service "again"', 'slipway deploy production'),
    )
    assert.equal((await inspect(spec)).services.length, 1)
  })

  test('on Fargate is one for ARM64, unless the task definition asks for it', async () => {
    const spec = await environmentOf('fargate', undefined, 'FARGATE')
    assert.equal((await find(spec, commit)).digest, digest)
    assert.deepEqual((await inspect(spec)).services[0]?.platform, {
      service: 'fargate',
      taskDefinition: 'fargate:1',
      os: 'linux',
      architecture: 'amd64',
    })
    await assert.rejects(
      find(spec, of(5)),
      failsAs('PreconditionFailed', 'made for linux/arm64', 'on linux/amd64'),
    )
    const graviton = await environmentOf('fargate-arm', 'ARM64', 'FARGATE')
    assert.notEqual((await find(graviton, of(5))).digest, undefined)
  })

  test('cannot be told on instances of any kind', async () => {
    const spec = await environmentOf('instances')
    const image = await find(spec, commit)
    assert.deepEqual([image.digest, image.requiredPlatforms], [digest, undefined])
  })

  test('is never rejected where its platform cannot be read', async () => {
    const spec = await environmentOf('unreadable', 'ARM64')
    for (const operation of ['ECR:GetDownloadUrlForLayer', 'ECR:BatchGetImage']) {
      simulator.faults.add({ kind: 'deny', operation, count: 'forever' })
      try {
        assert.equal((await find(spec, commit)).digest, digest)
        await inspect(spec, 'redeploy')
        await inActivity(() => activities.resolveRollback({ spec, to: 'unreadable:1' }))
      } finally {
        simulator.faults.clear()
      }
    }
  })
})
