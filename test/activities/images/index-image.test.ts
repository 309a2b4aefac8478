import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CreateServiceCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { createReleaseActivities } from '../../../activities/index.ts'
import type { InspectedService, Revision } from '../../../contract/activity-types.ts'
import { realClock } from '../../../simulator/clock/index.ts'
import { fastTimings } from '../../../simulator/ecs/timings.ts'
import { scriptedRuntime } from '../../../simulator/runtime/scripted.ts'
import { startSimulator, type Simulator } from '../../../simulator/start.ts'
import { ociRegistry, type OciRegistry } from '../../../simulator/test/unit/ecr-oci-registry.ts'
import { inActivity } from '../../unit/activities/in-activity.ts'
import { commit, serviceNamed, specWith } from '../../unit/environment-specs.ts'
import { imagePusher, type Pushed } from './pushed-images.ts'
import { useAsAws } from '../simulated-account.ts'

const activities = createReleaseActivities({ pace: { nearEndMs: 20, farMs: 50 } })
const spec = specWith({ aws: {}, services: [serviceNamed('api', { circuitBreaker: 'optional' })] })
const [service = serviceNamed('api')] = spec.services
const quick = { pullMs: 1, startMs: 1, stopMs: 1 }
const amd64 = { os: 'linux', architecture: 'amd64' }
const unknown = { os: 'unknown', architecture: 'unknown' }

const inspect = async (): Promise<InspectedService> => {
  for (let tries = 0; ; tries += 1) {
    const found = await inActivity(() =>
      activities.inspectEnvironment({ spec, freezes: 'kept', kind: 'deploy' }),
    ).catch((error: unknown) => error)
    if (typeof found === 'object' && found !== null && 'services' in found) {
      const [inspected] = found.services as readonly InspectedService[]
      if (inspected?.now.digests['api'] !== undefined) return inspected
    }
    if (tries > 300) throw found instanceof Error ? found : new Error('not live in time')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const deploy = async (revision: Revision, inspected: InspectedService, force = false) => {
  const { rollbackTarget: previous } = inspected
  const started = await inActivity(() =>
    activities.updateService({ spec, service, revision, before: previous, force }),
  )
  const deadline = Date.now() + 3_000
  const end = await inActivity(() =>
    activities.waitForRollout({ spec, service, started, revision, before: previous, deadline }),
  )
  return { started, end }
}

/** The tasks of this account report the digest of the manifest that they pulled. */
describe('an image that is an index', () => {
  const platformManifest = new Map<string, string>()
  let simulator: Simulator
  let registry: OciRegistry
  let repositoryUri: string

  /** An index of two platforms and an attestation. */
  async function push(content: string, tag: string): Promise<Pushed> {
    const pusher = imagePusher(repositoryUri)
    const images = await Promise.all(
      [amd64, { os: 'linux', architecture: 'arm64', variant: 'v8' }, unknown].map(
        async (platform) => ({
          ...(await pusher.image(platform, `${content} ${platform.architecture}`)),
          platform,
        }),
      ),
    )
    const index = await pusher.index(images, tag)
    platformManifest.set(index.digest, images[0]?.digest ?? '')
    return index
  }

  before(async () => {
    registry = await ociRegistry()
    simulator = await startSimulator({
      registry,
      timings: { ...fastTimings, react: 5, launch: 5, relaunch: 10, settle: 50, complete: 10 },
      runtime: scriptedRuntime({
        clock: realClock(),
        behave: () => ({ ...quick, manifests: Object.fromEntries(platformManifest) }),
      }),
    })
    repositoryUri = `${new URL(simulator.registryProxyUrl ?? '').host}/mailman-api`
    await useAsAws(simulator)
    const first = await push('first', 'first')
    const ecs = new ECSClient()
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'mailman-api',
        containerDefinitions: [
          {
            name: 'api',
            image: `${repositoryUri}@${first.digest}`,
            essential: true,
            memory: 64,
          },
        ],
      }),
    )
    await ecs.send(
      new CreateServiceCommand({
        cluster: 'mailman',
        serviceName: 'mailman-api',
        taskDefinition: 'mailman-api:1',
        desiredCount: 1,
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      }),
    )
  })

  after(async () => {
    await simulator.close()
    await registry.close()
  })

  test('goes live, is verified, redeployed, found as a rebuild, and rolled back to', async () => {
    const initial = await inspect()
    const { digest: firstDigest } = await push('first', 'first')
    assert.deepEqual(initial.now.digests, { api: firstDigest })
    assert.deepEqual(initial.rollbackTarget.digests, { api: firstDigest })

    const { digest } = await push('second', `api-${commit}-20261124T030000Z`)
    const listed = [digest, platformManifest.get(digest)]
    const rebuild = '20261124T030000Z'
    const images = await inActivity(() => activities.findImages({ spec, commit, rebuild }))
    const pushed = images.flatMap((one) => (one.digest === undefined ? [] : [{ ...one, digest }]))
    // Not the attestation, which nothing runs.
    assert.equal(pushed[0]?.manifests?.length, 2)
    const [revision] = await inActivity(() =>
      activities.registerRevisions({
        spec,
        release: 'r',
        commit,
        running: [initial],
        images: pushed,
      }),
    )
    assert.ok(revision)
    const { started, end } = await deploy(revision, initial)
    assert.equal(end.kind, 'succeeded', JSON.stringify(end))
    const verified = await inActivity(() =>
      activities.verifyRelease({ spec, revisions: [revision], started: [started] }),
    )
    assert.equal(verified.kind, 'succeeded')

    const live = await inspect()
    assert.deepEqual(live.now.digests, { api: digest })
    assert.deepEqual(live.now.imageDigests?.['api']?.slice(0, 2), listed)
    const [found] = await inActivity(() => activities.findImages({ spec, commit, running: [live] }))
    assert.equal(found?.digest, digest)

    const same: Revision = { service: 'api', registered: false, ...live.now }
    const redeployed = await deploy(same, live, true)
    assert.equal(redeployed.end.kind, 'succeeded')

    const back = await inActivity(() =>
      activities.rollBackService({
        spec,
        service,
        to: initial.rollbackTarget,
        started: redeployed.started,
        deadline: Date.now() + 3_000,
      }),
    )
    assert.equal(back.kind, 'succeeded', JSON.stringify(back))
  })

  test('can be requested as the target of a rollback', async () => {
    const [target] = await inActivity(() =>
      activities.resolveRollback({ spec, to: 'mailman-api:2' }),
    )
    assert.equal(target?.imageDigests?.['api']?.length, 3)
    assert.equal((await deploy(target, await inspect())).end.kind, 'succeeded')
  })

  test('is judged by its own digest alone where the worker may not read what it lists', async () => {
    simulator.faults.add({ kind: 'deny', operation: 'ECR:BatchGetImage', count: 'forever' })
    try {
      const { now } = await inspect()
      assert.deepEqual(Object.values(now.digests), [...platformManifest.values()].slice(-1))
      assert.equal(now.imageDigests, undefined)
    } finally {
      simulator.faults.clear()
    }
  })
})
