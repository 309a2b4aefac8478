import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { DeregisterTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs'
import { realClock } from '../../simulator/clock/index.ts'
import { fastTimings } from '../../simulator/ecs/timings.ts'
import { scriptedRuntime } from '../../simulator/runtime/scripted.ts'
import { startSimulator, type Simulator } from '../../simulator/start.ts'
import { failsAs } from '../unit/activities/in-activity.ts'
import { digestA, digestB } from '../unit/environment-specs.ts'
import { newFamily } from './shared-family.ts'
import { useAsAws } from './simulated-account.ts'

const digestC = `sha256:${'c'.repeat(64)}`
const variable = 'containerDefinitions.api.environment.DATABASE_URL'
const instant = { react: 5, launch: 5, relaunch: 10, settle: 50, complete: 10 }

let simulator: Simulator

before(async () => {
  simulator = await startSimulator({
    timings: { ...fastTimings, ...instant },
    runtime: scriptedRuntime({
      clock: realClock(),
      behave: () => ({ pullMs: 1, startMs: 1, stopMs: 1, digests: { api: digestA } }),
    }),
  })
  await useAsAws(simulator)
})

after(() => simulator.close())

describe('a new revision of a family that two environments share', () => {
  test('has the variables of its own environment, and both hear that the newest one is not theirs', async () => {
    const { register, environment, databaseOf } = newFamily()
    const staging = await environment('staging', await register('postgres://staging'))
    const production = await environment('production', await register('postgres://production'))
    staging.knows(production)
    production.knows(staging)

    const plan = await staging.plan()
    assert.deepEqual(
      plan.services[0]?.changes.map(({ path }) => path),
      ['containerDefinitions.api.image'],
    )
    for (const { warnings } of [plan, await staging.inspect()]) {
      const text = warnings.join('\n')
      assert.match(text, new RegExp(`market-\\d+:2 differs in ${variable} from market-\\d+:1`))
      assert.match(text, /belongs to service "web" in cluster "market-\d+-production", which runs/)
      assert.equal(text.includes('postgres://'), false)
    }
    assert.equal(await databaseOf(await staging.release()), 'postgres://staging')
    assert.equal(await databaseOf(await production.release()), 'postgres://production')
    assert.equal(await databaseOf(await staging.release(digestC)), 'postgres://staging')
  })

  test('is never cloned from what the other environment runs, whatever the configuration says', async () => {
    const { register, environment } = newFamily()
    const staging = await environment('staging', await register('postgres://staging'))
    const idle = await environment('production', await register('postgres://production'), 0)
    staging.knows(idle)
    const refused = failsAs(
      'PreconditionFailed',
      variable,
      /belongs to service "web" in cluster "market-\d+-production", which runs it/,
      '"revision: { base: running }"',
    )
    await assert.rejects(staging.inspect({ base: 'newest' }), refused)
    await assert.rejects(staging.plan({ base: 'newest' }), refused)
    await assert.rejects(staging.register(digestB, { base: 'newest' }), refused)
    // A rollback registers nothing, so it must not fail for this.
    await staging.inspect({ base: 'newest' }, 'rollback')
  })

  test('is never cloned from what a release of the other environment registered', async () => {
    const { register, environment } = newFamily()
    const staging = await environment('staging', await register('postgres://staging'))
    await register('postgres://production', [
      { key: 'slipway:project', value: 'mailman' },
      { key: 'slipway:release', value: 'release/production/3f2c1ab' },
    ])
    await assert.rejects(
      staging.inspect({ base: 'newest' }),
      failsAs('PreconditionFailed', variable, 'release/production/3f2c1ab, which registered it'),
    )
    assert.match((await staging.inspect()).warnings.join('\n'), /release\/production\/3f2c1ab/)
  })

  test('is not the revision that a release of the other environment registered, even if it is the same', async () => {
    const { register, environment } = newFamily()
    const first = await register('postgres://both')
    const staging = await environment('staging', first)
    const production = await environment('production', first)
    const made = await staging.register()
    const other = await production.register()
    assert.deepEqual([made.registered, other.registered], [true, true])
    assert.notEqual(made.taskDefinition, other.taskDefinition)
  })
})

describe('a revision that was registered and not deployed', () => {
  test('is left out, named by every release that leaves it out, and taken in once it is wanted', async () => {
    const { register, environment, databaseOf, family } = newFamily()
    const staging = await environment('staging', await register('postgres://old'))
    await register('postgres://new')
    const names = new RegExp(`${family}:2 differs in ${variable} from ${family}:\\d`)
    const how = /"revision: { base: newest }" of service "api".*aws ecs update-service/

    for (const digest of [digestB, digestC]) {
      for (const { warnings } of [await staging.inspect(), await staging.plan()]) {
        const text = warnings.join('\n')
        assert.match(text, names)
        assert.match(text, how)
        assert.equal(text.includes('postgres://'), false)
      }
      assert.equal(await databaseOf(await staging.release(digest)), 'postgres://old')
    }

    const plan = await staging.plan({ base: 'newest' })
    assert.match(plan.services[0]?.basedOn ?? '', /:2$/)
    assert.ok(plan.services[0]?.changes.some(({ path }) => path === variable))
    assert.equal(
      await databaseOf(await staging.release(digestB, { base: 'newest' })),
      'postgres://new',
    )
    assert.doesNotMatch((await staging.inspect()).warnings.join('\n'), /leaves that out/)
    assert.equal(await databaseOf(await staging.release(digestC)), 'postgres://new')
  })

  test('is taken in by deploying it', async () => {
    const { register, environment, databaseOf } = newFamily()
    const staging = await environment('staging', await register('postgres://old'))
    await staging.deploy(await register('postgres://new'))
    assert.doesNotMatch((await staging.inspect()).warnings.join('\n'), /leaves that out/)
    assert.equal(await databaseOf(await staging.release()), 'postgres://new')
  })

  test('is not pending if it was deregistered, or if a later one is what runs', async () => {
    const { register, environment } = newFamily()
    const staging = await environment('staging', await register('postgres://old'))
    const taskDefinition = await register('postgres://new')
    await staging.release()
    assert.match((await staging.inspect()).warnings.join('\n'), /leaves that out/)
    await new ECSClient().send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
    assert.doesNotMatch((await staging.inspect()).warnings.join('\n'), /leaves that out/)
    await register('postgres://newer')
    await register('postgres://old')
    assert.doesNotMatch((await staging.inspect()).warnings.join('\n'), /leaves that out/)
  })

  test('is found without permission to list revisions, if it is the newest', async () => {
    const { register, environment, databaseOf } = newFamily()
    const staging = await environment('staging', await register('postgres://old'))
    await register('postgres://older')
    await register('postgres://new')
    simulator.faults.add({ operation: 'ListTaskDefinitions', kind: 'deny', count: 'forever' })
    const { warnings } = await staging.inspect()
    assert.match(warnings.join('\n'), new RegExp(`:3 differs in ${variable}`))
    assert.equal(
      await databaseOf(await staging.release(digestB, { base: 'newest' })),
      'postgres://new',
    )
    simulator.faults.clear()
  })

  test('stays visible below a revision of the other environment', async () => {
    const { register, environment, databaseOf, family } = newFamily()
    const first = await register('postgres://staging')
    const production = await environment('production', await register('postgres://production'))
    const staging = await environment('staging', first)
    staging.knows(production)
    await register('postgres://staging-2')
    await production.release()
    const earlier = (await staging.inspect()).warnings.join('\n')
    assert.match(earlier, new RegExp(`${family}:3 differs in`))
    assert.match(earlier, new RegExp(`${family}:4 differs in .*which (runs|registered) it`))
    await staging.release()
    const afterwards = (await staging.inspect()).warnings.join('\n')
    assert.match(afterwards, new RegExp(`${family}:3 differs in`))
    assert.equal(await databaseOf(await staging.runs()), 'postgres://staging')
  })
})

describe('a release of the same commit', () => {
  test('registers nothing while it runs, whatever else was registered', async () => {
    const { register, environment } = newFamily()
    const staging = await environment('staging', await register('postgres://old'))
    const running = await staging.release()
    await register('postgres://new')
    const again = await staging.register()
    assert.deepEqual([again.registered, again.taskDefinition], [false, running])
  })

  test('reuses the revision of an earlier one that was rolled back', async () => {
    const { register, environment } = newFamily()
    const staging = await environment('staging', await register('postgres://old'))
    const failed = await staging.register()
    const again = await staging.register()
    assert.deepEqual([again.registered, again.taskDefinition], [false, failed.taskDefinition])
  })

  test('clones what runs even if that was deregistered meanwhile', async () => {
    const { register, environment, databaseOf } = newFamily()
    const taskDefinition = await register('postgres://old')
    const staging = await environment('staging', taskDefinition)
    await new ECSClient().send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
    assert.equal(await databaseOf(await staging.release()), 'postgres://old')
  })
})
