import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  ECSClient,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { realClock } from '../../simulator/clock/index.ts'
import { fastTimings } from '../../simulator/ecs/timings.ts'
import { scriptedRuntime } from '../../simulator/runtime/scripted.ts'
import { startSimulator, type Simulator } from '../../simulator/start.ts'
import { digestA, digestB } from '../unit/environment-specs.ts'
import { newFamily } from './shared-family.ts'
import { useAsAws } from './simulated-account.ts'

const digestC = `sha256:${'c'.repeat(64)}`
const digestD = `sha256:${'d'.repeat(64)}`
const newest = { base: 'newest' } as const

const crashing = new Set<string>()
let simulator: Simulator

before(async () => {
  simulator = await startSimulator({
    timings: { ...fastTimings, react: 5, launch: 5, relaunch: 10, settle: 50, complete: 10 },
    runtime: scriptedRuntime({
      clock: realClock(),
      behave: ({ taskDefinition }) => ({
        pullMs: 1,
        startMs: 1,
        stopMs: 1,
        digests: { api: digestA },
        ...(crashing.has(taskDefinition) ? { exits: { afterMs: 2, code: 3 } } : {}),
      }),
    }),
  })
  await useAsAws(simulator)
})

after(() => simulator.close())

type Environment = Awaited<ReturnType<ReturnType<typeof newFamily>['environment']>>

async function warningsOf(environment: Environment, revision?: { readonly base: 'newest' }) {
  return (await environment.inspect(revision)).warnings.filter((one) => one.includes('differs in'))
}

/** Deploys a revision whose tasks crash, and stops that without a rollback. */
async function deployAndAbort({ cluster }: Environment, taskDefinition: string): Promise<void> {
  const ecs = new ECSClient()
  crashing.add(taskDefinition.split('/').at(-1) ?? '')
  await ecs.send(new UpdateServiceCommand({ cluster, service: 'web', taskDefinition }))
  const { serviceDeployments } = await ecs.send(
    new ListServiceDeploymentsCommand({ cluster, service: 'web' }),
  )
  const serviceDeploymentArn = serviceDeployments?.[0]?.serviceDeploymentArn ?? ''
  await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ABORT' }))
}

describe('a newer revision that was deployed', () => {
  test('is not cloned again once a person has gone back from it', async () => {
    const { register, environment, databaseOf, family } = newFamily()
    const first = await register('postgres://old')
    const staging = await environment('staging', first)
    await register('postgres://new')
    assert.equal(await databaseOf(await staging.release(digestB, newest)), 'postgres://new')
    await staging.deploy(first)

    for (const revision of [newest, undefined]) {
      const [warning = '', ...others] = await warningsOf(staging, revision)
      assert.match(warning, new RegExp(`^${family}:3 differs in .* from ${family}:1`))
      assert.match(warning, /, but was deployed before and is not what runs now: /)
      assert.match(warning, new RegExp(`--task-definition ${family}:3 --force-new-deployment$`))
      assert.deepEqual(others, [])
    }
    assert.match((await staging.plan(newest)).services[0]?.basedOn ?? '', /:1$/)
    assert.equal(await databaseOf(await staging.release(digestC, newest)), 'postgres://old')
    assert.equal(await databaseOf(await staging.release(digestD, newest)), 'postgres://old')
  })

  test('is not cloned if it has failed and is still PRIMARY', async () => {
    const { register, environment, databaseOf, family } = newFamily()
    const staging = await environment('staging', await register('postgres://old'))
    await deployAndAbort(staging, await register('postgres://bad'))
    const [warning = ''] = await warningsOf(staging, newest)
    assert.match(warning, new RegExp(`^${family}:2 differs .*, but was deployed and has failed: `))
    assert.match(warning, new RegExp(`--task-definition ${family}:2 --force-new-deployment$`))
    assert.match((await staging.plan(newest)).services[0]?.basedOn ?? '', /:1$/)
    const made = await staging.register(digestB, newest)
    assert.equal(await databaseOf(made.taskDefinition), 'postgres://old')
  })

  test('does not give way to what it has replaced', async () => {
    const { register, environment } = newFamily()
    const first = await register('postgres://old')
    const staging = await environment('staging', first)
    await register('postgres://half')
    await staging.deploy(await register('postgres://whole'))
    await staging.deploy(first)
    assert.match((await staging.plan(newest)).services[0]?.basedOn ?? '', /:1$/)
  })

  test('does not hide what the release that registered it had left out', async () => {
    const { register, environment, family } = newFamily()
    const first = await register('postgres://old')
    const staging = await environment('staging', first)
    await staging.deploy(await register('postgres://two'))
    await register('postgres://pending')
    await staging.release()
    await staging.deploy(first)
    const warnings = (await warningsOf(staging)).join('\n')
    assert.match(warnings, new RegExp(`${family}:4 differs .* was deployed before`))
    assert.match(warnings, new RegExp(`${family}:3 differs .* a release leaves that out`))
    assert.match((await staging.plan(newest)).services[0]?.basedOn ?? '', /:3$/)
  })

  test('is cloned if it was registered again', async () => {
    const { register, environment, databaseOf } = newFamily()
    const first = await register('postgres://old')
    const staging = await environment('staging', first)
    await staging.deploy(await register('postgres://new'))
    await staging.deploy(first)
    await register('postgres://new')
    assert.deepEqual(await warningsOf(staging, newest), [])
    assert.equal(await databaseOf(await staging.release(digestB, newest)), 'postgres://new')
  })
})

describe('a revision that a release registered and did not deploy', () => {
  test('is still taken in by the next release', async () => {
    const { register, environment, databaseOf } = newFamily()
    const staging = await environment('staging', await register('postgres://old'))
    await register('postgres://new')
    await staging.register(digestB, newest)
    assert.deepEqual(await warningsOf(staging, newest), [])
    assert.equal(await databaseOf(await staging.release(digestC, newest)), 'postgres://new')
  })

  test('is not cloned by another release where ECS has no records, but reused by its own', async () => {
    const { register, environment, databaseOf, family } = newFamily()
    const staging = await environment('staging', await register('postgres://old'))
    await register('postgres://new')
    simulator.faults.add({ operation: 'ListServiceDeployments', kind: 'deny', count: 'forever' })
    const made = await staging.register(digestB, newest)
    assert.equal(await databaseOf(made.taskDefinition), 'postgres://new')
    const again = await staging.register(digestB, newest)
    assert.deepEqual([again.registered, again.taskDefinition], [false, made.taskDefinition])
    const [warning = ''] = await warningsOf(staging, newest)
    assert.match(
      warning,
      new RegExp(`^${family}:3 differs .*, but is of an earlier release, and ECS`),
    )
    assert.match((await staging.plan(newest)).services[0]?.basedOn ?? '', /:1$/)
    simulator.faults.clear()
  })
})
