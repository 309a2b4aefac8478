import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CreateServiceCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { createReleaseActivities } from '../../activities/index.ts'
import type { InspectedService, Revision } from '../../contract/activity-types.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { realClock } from '../../simulator/clock/index.ts'
import { fastTimings } from '../../simulator/ecs/timings.ts'
import { scriptedRuntime } from '../../simulator/runtime/scripted.ts'
import { startSimulator, type Simulator } from '../../simulator/start.ts'
import { inActivity } from '../unit/activities/in-activity.ts'
import { digestA, serviceNamed, specWith } from '../unit/environment-specs.ts'
import { useAsAws } from './simulated-account.ts'

const activities = createReleaseActivities({ pace: { nearEndMs: 20, farMs: 50 } })
const olderAgent = `sha256:${'1'.repeat(64)}`
const newerAgent = `sha256:${'2'.repeat(64)}`

const inspect = async (spec: EnvironmentSpec): Promise<InspectedService> => {
  for (let tries = 0; ; tries += 1) {
    const found = await inActivity(() =>
      activities.inspectEnvironment({ spec, freezes: 'kept', kind: 'redeploy' }),
    ).catch((error: unknown) => error)
    if (typeof found === 'object' && found !== null && 'services' in found) {
      const [inspected] = found.services as readonly InspectedService[]
      if (inspected?.now.digests['api'] !== undefined) return inspected
    }
    if (tries > 300) throw found instanceof Error ? found : new Error('not live in time')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A service with a sidecar whose moving tag points at another image from some moment on. */
describe('a sidecar on a moving tag that has moved', () => {
  let simulator: Simulator
  let agent = olderAgent

  before(async () => {
    simulator = await startSimulator({
      timings: { ...fastTimings, react: 5, launch: 5, relaunch: 10, settle: 50, complete: 10 },
      runtime: scriptedRuntime({
        clock: realClock(),
        behave: () => ({ pullMs: 1, startMs: 1, stopMs: 1, digests: { api: digestA, agent } }),
      }),
    })
    await useAsAws(simulator)
  })

  after(() => simulator.close())

  async function live(mode: EnvironmentSpec['mode']) {
    agent = olderAgent
    const api = mode === 'pin' ? `host/mailman-api@${digestA}` : 'host/mailman-api:api-latest'
    const family = `sidecar-${mode}`
    const ecs = new ECSClient()
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        containerDefinitions: [
          { name: 'api', image: api, memory: 64, essential: true },
          { name: 'agent', image: 'public.ecr.aws/datadog/agent:7', memory: 64, essential: false },
        ],
      }),
    )
    await ecs.send(
      new CreateServiceCommand({
        cluster: 'mailman',
        serviceName: family,
        taskDefinition: `${family}:1`,
        desiredCount: 1,
      }),
    )
    const service = serviceNamed('api', { ecsService: family, circuitBreaker: 'optional' })
    const spec = specWith({ aws: {}, mode, services: [service] })
    const inspected = await inspect(spec)
    agent = newerAgent
    return { spec, service, inspected }
  }

  async function deploy(
    { spec, service, inspected }: Awaited<ReturnType<typeof live>>,
    revision: Revision,
  ) {
    const { rollbackTarget: previous } = inspected
    const started = await inActivity(() =>
      activities.updateService({ spec, service, revision, before: previous, force: true }),
    )
    const deadline = Date.now() + 3_000
    return await inActivity(() =>
      activities.waitForRollout({ spec, service, started, revision, before: previous, deadline }),
    )
  }

  for (const mode of ['pin', 'force'] as const) {
    test(`keeps no redeploy and no rollback from succeeding in ${mode} mode`, async () => {
      const running = await live(mode)
      const { now, rollbackTarget } = running.inspected
      assert.deepEqual(now.digests, { api: digestA })
      assert.deepEqual(rollbackTarget.digests, { api: digestA })
      const same: Revision = { service: 'api', registered: false, ...now }
      const redeployed = await deploy(running, same)
      assert.equal(redeployed.kind, 'succeeded', JSON.stringify(redeployed))

      // As ledgers have it in which sidecars were kept.
      const digests = { api: digestA, agent: olderAgent }
      const kept = { ...same, taskDefinition: rollbackTarget.taskDefinition, digests }
      const [revision] = await inActivity(() =>
        activities.resolveRollback({ spec: running.spec, revisions: [kept] }),
      )
      assert.deepEqual(revision?.digests, { api: digestA })
      const back = await deploy(running, revision)
      assert.equal(back.kind, 'succeeded', JSON.stringify(back))
    })
  }
})
