import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as protocol from '../../contract/messages.ts'
import {
  heldRollout,
  startEnvironmentHarness,
  until,
  withEnvironment,
  type EnvironmentFixture,
} from './environment-fixture.ts'
import { anotherCommit, commit, deployOf } from './fixtures.ts'
import { rejectionOf } from './rejected-update.ts'
import { hasNoFailedTask, signalUndecodable, undecodable } from './undecodable.ts'

const harness = await startEnvironmentHarness()
after(() => harness.close())

test('a payload that cannot be decoded does no harm in any signal or Update, and is shown', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    const { workflowService } = harness.env.connection
    const workflowExecution = { workflowId: environment.handle.workflowId }
    const names = [...protocol.plainControls, 'rollback', 'release', 'whatever']
    for (const signalName of names)
      await signalUndecodable(harness.env.connection, environment.handle, signalName)
    const { controls, freeze, releases } = await until(
      () => environment.status(),
      (status) => status.controls.length === names.length * undecodable.length,
    )
    assert.equal(freeze, undefined)
    assert.equal(releases.length, 1)
    for (const { kind, rejected } of controls) {
      assert.match(rejected ?? '', kind === 'signal' ? /no control "whatever"/ : /cannot be read/)
    }
    for (const name of [...protocol.plainControls, 'rollback', 'release']) {
      for (const payload of undecodable) {
        const answer = await workflowService.updateWorkflowExecution({
          namespace: 'default',
          workflowExecution,
          waitPolicy: { lifecycleStage: 3 },
          request: { meta: {}, input: { name, args: { payloads: [payload] } } },
        })
        assert.match(answer.outcome?.failure?.message ?? '', /cannot be read/)
      }
    }
    assert.equal(
      (await environment.end(await environment.deploy(anotherCommit))).outcome,
      'succeeded',
    )
    await hasNoFailedTask(environment.handle)
  })
})

test('an unknown field rejects a control, and nothing else is done instead', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const running = await environment.deploy(commit)
    await wait.begun
    const bodies: readonly [string, object, RegExp][] = [
      ['cancel', { relase: 'release/production/other' }, /"relase" is not a field/],
      ['cancel', { release: 7 }, /"release" is not a text/],
      ['cancel', { release: ' ' }, /"release" is not a text/],
      ['pause', { until: '2999-01-01' }, /"until" is not a field/],
      ['freeze', { Until: '2999-01-01' }, /"Until" is not a field/],
      ['rollback', { release: running.releaseId }, /"release" is not a field/],
      ['rollback', { To: '3f2c1ab' }, /"To" is not a field/],
    ]
    for (const [name, body, expected] of bodies) {
      const update = environment.handle.executeUpdate(name, { args: [body] })
      assert.match(await rejectionOf(update), expected)
      await environment.handle.signal(name, body)
    }
    const { controls } = await until(
      () => environment.status(),
      (status) => status.controls.length === bodies.length,
    )
    assert.ok(controls.every(({ rejected }) => rejected !== undefined))
    wait.finish()
    assert.equal((await environment.end(running)).outcome, 'succeeded')
  })
})

/** Every place in a value, as the path of keys to it. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const below = Object.entries(value).flatMap(([key, one]) => placesIn(one, [...path, key]))
  return path.length === 0 ? below : [path, ...below]
}

function withOther(
  value: unknown,
  [key = '', ...path]: readonly string[],
  other: unknown,
): unknown {
  const copy: Record<string, unknown> = Array.isArray(value)
    ? ([...(value as unknown[])] as unknown as Record<string, unknown>)
    : { ...(value as Record<string, unknown>) }
  copy[key] = path.length === 0 ? other : withOther(copy[key], path, other)
  return copy
}

/** Counts a rejected Update; fails for any other error. */
async function isRejection(reason: Error): Promise<1> {
  assert.notEqual(await rejectionOf(Promise.reject(reason)), '')
  return 1
}

/** A request with every field that a configuration can give. */
function fullRequest({ spec }: EnvironmentFixture) {
  const [image = assert.fail()] = spec.images
  return deployOf({
    ...spec,
    aws: { region: 'eu-west-1', profile: 'ours' },
    images: [{ ...image, args: { A: 'b' }, platform: 'linux/amd64' }, ...spec.images.slice(1)],
    failure: { logs: true },
    links: { temporalUi: 'https://temporal.example' },
    notifications: [{ type: 'slack', urlFrom: 'URL', on: ['outcome'], outcomes: ['succeeded'] }],
    rollback: { timeoutMs: 60_000, deregister: true },
    admission: {
      policy: 'queue',
      supersedeRunning: false,
      approval: { timeoutMs: 600_000 },
      freezes: [{ kind: 'weekly', timeZone: 'UTC', days: [5], from: 0, to: 60, reason: 'fri' }],
    },
  })
}

test('a request with a wrong value in any one place is rejected or runs to its end', async () => {
  await withEnvironment(harness, {}, async (environment) => {
    await environment.end(await environment.deploy(commit))
    const good = {
      ...fullRequest(environment),
      override: { reason: 'test' },
      rebuild: '2026',
      committedAt: 1,
    }
    const own = { 'spec.environment': true, 'spec.project': true }
    const places = placesIn(good).filter((place) => !(place.join('.') in own))
    assert.ok(places.length > 70)
    const others = [undefined, null, -7.5e300, {}, [null], 'x'.repeat(3_000)]
    let rejected = 0
    for (const place of places) {
      const asked = await Promise.allSettled(
        others.map((other) =>
          environment.handle.executeUpdate('release', {
            args: [withOther(good, place, other)],
          }),
        ),
      )
      for (const one of asked) {
        if (one.status === 'rejected') rejected += await isRejection(one.reason as Error)
      }
    }
    assert.ok(rejected > places.length * 3, `${rejected} of ${places.length * others.length}`)
    for (const { id, approval } of (await environment.status()).waiting) {
      if (approval?.kind === 'needed') {
        await environment.handle.executeUpdate('approve', { args: [{ release: id }] })
      }
    }
    const { releases } = await until(
      () => environment.status(),
      ({ running, waiting }) => running === undefined && waiting.length === 0,
    )
    assert.ok(releases.length > 1)
    await hasNoFailedTask(environment.handle)
    for (const { id, message } of releases) {
      if (/did not start/.test(message)) continue
      await hasNoFailedTask(harness.env.client.workflow.getHandle(id))
    }
  })
})

test('an environment does not end when it is cancelled instead of a release, and says what to do', async () => {
  const wait = heldRollout()
  await withEnvironment(harness, { waitForRollout: wait.waitForRollout }, async (environment) => {
    const asked = await environment.deploy(commit)
    await wait.begun
    await environment.handle.cancel()
    const { controls } = await until(
      () => environment.status(),
      (status) => status.controls.length === 1,
    )
    assert.match(controls[0]?.rejected ?? '', /an environment does not end; to cancel a release/)
    const froze = await environment.handle.executeUpdate('freeze', {
      args: [{ requestedBy: 'ann' }],
    })
    assert.match(String(froze), /is frozen/)
    await environment.handle.executeUpdate('unfreeze', { args: [{}] })
    wait.finish()
    assert.equal((await environment.end(asked)).outcome, 'succeeded')
    assert.equal(
      (await environment.end(await environment.deploy(anotherCommit))).outcome,
      'succeeded',
    )
  })
})
