import { CreateServiceCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { createReleaseActivities } from '../../../activities/index.ts'
import type { InspectedService, Revision } from '../../../contract/activity-types.ts'
import type { EnvironmentSpec } from '../../../contract/environment-spec.ts'
import { realClock } from '../../../simulator/clock/index.ts'
import { fastTimings } from '../../../simulator/ecs/timings.ts'
import { scriptedRuntime } from '../../../simulator/runtime/scripted.ts'
import { startSimulator } from '../../../simulator/start.ts'
import { ociRegistry } from '../../../simulator/test/unit/ecr-oci-registry.ts'
import { inActivity } from '../../unit/activities/in-activity.ts'
import { serviceNamed, specWith } from '../../unit/environment-specs.ts'
import { imagePusher, type Pushed } from './pushed-images.ts'
import { useAsAws } from '../simulated-account.ts'

const platforms = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64', variant: 'v8' },
  { os: 'unknown', architecture: 'unknown' },
]

interface Account {
  readonly mode: EnvironmentSpec['mode']
  readonly desiredCount: number
  /** For each task in turn, whether it pulls the first or the second platform of an index. */
  readonly pulls: readonly (0 | 1)[]
}

/** An account whose tasks report the digest of the manifest that they pulled from an index. */
export async function indexImageAccount({ mode, desiredCount, pulls }: Account) {
  const service = serviceNamed('api', { circuitBreaker: 'optional' })
  const spec = specWith({ aws: {}, mode, services: [service] })
  const manifests = new Map<string, readonly string[]>()
  let tasks = 0
  let latest = ''
  const registry = await ociRegistry()
  const simulator = await startSimulator({
    registry,
    timings: { ...fastTimings, react: 5, launch: 5, relaunch: 10, settle: 50, complete: 10 },
    runtime: scriptedRuntime({
      clock: realClock(),
      behave() {
        const platform = pulls[tasks % pulls.length] ?? 0
        tasks += 1
        const pulled = [...manifests].map(([index, all]) => [index, all[platform] ?? index])
        return {
          pullMs: 1,
          startMs: 1,
          stopMs: 1,
          manifests: Object.fromEntries(pulled),
          ...(latest === '' ? {} : { digests: { api: latest } }),
        }
      },
    }),
  })
  const repositoryUri = `${new URL(simulator.registryProxyUrl ?? '').host}/mailman-api`
  await useAsAws(simulator)
  // Clients keep the endpoint of the account that they called first.
  const activities = createReleaseActivities({ pace: { nearEndMs: 20, farMs: 50 } })

  return {
    activities,
    spec,
    service,
    simulator,
    repositoryUri,

    /** An index of two platforms and an attestation. */
    async push(content: string, tag: string): Promise<Pushed> {
      const pusher = imagePusher(repositoryUri)
      const images = await Promise.all(
        platforms.map(async (platform) => ({
          ...(await pusher.image(platform, `${content} ${platform.architecture}`)),
          platform,
        })),
      )
      const index = await pusher.index(images, tag)
      manifests.set(
        index.digest,
        images.map(({ digest }) => digest),
      )
      return index
    },

    /** The digests of the two platforms of an index. */
    listed: (index: string): readonly string[] => (manifests.get(index) ?? []).slice(0, 2),

    /** Points the moving tag at an image, which new tasks pull from then on. */
    async moveTag(digest = '') {
      const images = [{ name: 'api', digest }]
      await inActivity(() => activities.moveTags({ spec, images }))
      latest = digest
    },

    async createService(image: string) {
      const ecs = new ECSClient()
      const container = { name: 'api', image, essential: true, memory: 64 }
      await ecs.send(
        new RegisterTaskDefinitionCommand({
          family: 'mailman-api',
          containerDefinitions: [container],
        }),
      )
      await ecs.send(
        new CreateServiceCommand({
          cluster: 'mailman',
          serviceName: 'mailman-api',
          taskDefinition: 'mailman-api:1',
          desiredCount,
          deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
        }),
      )
    },

    /** What the inspection finds once the first deployment is complete. */
    async inspect(): Promise<InspectedService> {
      for (let tries = 0; ; tries += 1) {
        const found = await inActivity(() =>
          activities.inspectEnvironment({ spec, freezes: 'kept', kind: 'deploy' }),
        ).catch((error: unknown) => error)
        if (typeof found === 'object' && found !== null && 'services' in found) {
          const [inspected] = found.services as readonly InspectedService[]
          if (inspected?.rollbackTarget.hasSucceeded === true) return inspected
        }
        if (tries > 300) throw found instanceof Error ? found : new Error('not live in time')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },

    async deploy(
      revision: Revision,
      { rollbackTarget: previous }: InspectedService,
      force = false,
    ) {
      const started = await inActivity(() =>
        activities.updateService({ spec, service, revision, before: previous, force }),
      )
      const deadline = Date.now() + 3_000
      const end = await inActivity(() =>
        activities.waitForRollout({ spec, service, started, revision, before: previous, deadline }),
      )
      return { started, end }
    },

    async close() {
      await simulator.close()
      await registry.close()
    },
  }
}

export type IndexImageAccount = Awaited<ReturnType<typeof indexImageAccount>>
