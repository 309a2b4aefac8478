import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { DeregisterTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs'
import { awsClientsByEnvironment } from '../../activities/aws/clients.ts'
import { copyOfRevision } from '../../activities/revisions/copy.ts'
import { realClock } from '../../simulator/clock/index.ts'
import { fastTimings } from '../../simulator/ecs/timings.ts'
import { scriptedRuntime } from '../../simulator/runtime/scripted.ts'
import { startSimulator, type Simulator } from '../../simulator/start.ts'
import { inActivity } from '../unit/activities/in-activity.ts'
import { digestA } from '../unit/environment-specs.ts'
import { newFamily } from './shared-family.ts'
import { useAsAws } from './simulated-account.ts'

const digestC = `sha256:${'c'.repeat(64)}`
const variable = 'containerDefinitions.api.environment.DATABASE_URL'

let simulator: Simulator

before(async () => {
  simulator = await startSimulator({
    timings: { ...fastTimings, react: 5, launch: 5, relaunch: 10, settle: 50, complete: 10 },
    runtime: scriptedRuntime({
      clock: realClock(),
      behave: () => ({ pullMs: 1, startMs: 1, stopMs: 1, digests: { api: digestA } }),
    }),
  })
  await useAsAws(simulator)
})

after(() => simulator.close())

/** Deregisters what runs, and rolls back to a copy of it, as a rollback of Slipway does. */
async function rollBackToCopy(
  { deploy }: { readonly deploy: (taskDefinition: string) => Promise<void> },
  taskDefinition: string,
): Promise<string> {
  await new ECSClient().send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
  const copy = await inActivity(() => copyOfRevision(awsClientsByEnvironment()({}), taskDefinition))
  await deploy(copy)
  return copy
}

describe('a rollback to a copy of what ran', () => {
  test('keeps the revision visible that the original had left out', async () => {
    const { register, environment, databaseOf, family } = newFamily()
    const staging = await environment('staging', await register('postgres://old'))
    await register('postgres://new')
    const live = await staging.release()
    await staging.register(digestC)
    const copy = await rollBackToCopy(staging, live)
    assert.match(copy, /:5$/)
    const left = new RegExp(`${family}:2 differs in ${variable} from ${family}:5`)
    assert.match((await staging.inspect()).warnings.join('\n'), left)
    const plan = await staging.plan({ base: 'newest' })
    assert.match(plan.services[0]?.basedOn ?? '', /:2$/)
    assert.equal(await databaseOf(await staging.release(digestC)), 'postgres://old')
    assert.match((await staging.inspect()).warnings.join('\n'), new RegExp(`${family}:2 differs`))
  })

  test('keeps a revision visible that was registered before the copy', async () => {
    const { register, environment, family } = newFamily()
    const live = await register('postgres://old')
    const staging = await environment('staging', live)
    await register('postgres://new')
    await staging.register(digestC)
    await rollBackToCopy(staging, live)
    const left = new RegExp(`${family}:2 differs in ${variable} from ${family}:4`)
    assert.match((await staging.inspect()).warnings.join('\n'), left)
    const plan = await staging.plan({ base: 'newest' })
    assert.match(plan.services[0]?.basedOn ?? '', /:2$/)
  })
})
