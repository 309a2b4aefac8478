import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ReleaseRequest } from '../../../../../contract/requests.ts'
import type { LedgerEntry } from '../../../../../contract/environment.ts'
import type { ReleasedService } from '../../../../../contract/releases.ts'
import { jsonBytes } from '../../../../../contract/size.ts'
import { admit } from '../../../../../workflows/environment/state/admission.ts'
import { control, noted } from '../../../../../workflows/environment/state/controls.ts'
import { resolveRollback, withEntry } from '../../../../../workflows/environment/state/ledger.ts'
import { withUndelivered } from '../../../../../workflows/environment/state/outbox.ts'
import {
  maxRequestBytes,
  maxStateBytes,
  withinBounds,
  withRoom,
} from '../../../../../workflows/environment/state/room.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
} from '../../../../../workflows/environment/state/state.ts'
import { arn, deployOf, digestOf, specFor } from '../../../../workflows/fixtures.ts'
import { imageNamed, serviceNamed } from '../../../environment-specs.ts'

const spec = specFor('slipway')
const empty: EnvironmentState = {
  ...newEnvironmentState('production', 'mailman'),
  spec,
}
/** Takes six bytes a character. */
const worst = '\0'.repeat(20_000)

const serviceAt = (index: number, revision: number, longest = false): ReleasedService => {
  const name = longest ? `${'s'.repeat(60)}${index}` : `service-${index}`
  const family = longest ? 'f'.repeat(255) : name
  const containers = Array.from({ length: longest ? 10 : 2 }, (_, at) => `${name}-${at}`)
  const digests = Object.fromEntries(containers.map((one) => [one, digestOf(one, revision)]))
  return {
    name,
    ecsService: longest ? name.padEnd(255, 'e') : `mailman-${name}`,
    revision: { service: name, taskDefinition: arn(family, revision), digests, registered: true },
    rollbackTarget: {
      taskDefinition: arn(family, revision - 1),
      digests,
      deploymentId: `ecs-svc/${revision}`,
      hasSucceeded: true,
    },
  }
}

const releaseOf = (number: number, services: readonly ReleasedService[]): LedgerEntry => ({
  id: `release/production/${number.toString(16).padStart(12, '0')}`,
  kind: 'deploy',
  commit: number.toString(16).padStart(12, '0').padEnd(40, '0'),
  subject: 'Add organization id to inboxes',
  requestedBy: 'ann@laptop',
  startedAt: number,
  endedAt: number,
  outcome: 'succeeded',
  message: worst,
  cause: worst,
  services,
})

/** Fifty releases of fifty services, and as much of everything else as there may be. */
function fullState(longest: boolean): EnvironmentState {
  let state = empty
  for (let number = 1; number <= 50; number += 1) {
    const services = Array.from({ length: 50 }, (_, index) => serviceAt(index, number, longest))
    state = { ...state, ledger: withEntry(state.ledger, releaseOf(number, services)) }
    state = noted(state, 'freeze', { by: worst, reason: worst, release: worst }, number, worst)
    state = withUndelivered(
      state,
      {
        to: { type: 'slack', urlFrom: 'SLACK', on: ['outcome'] },
        notification: {
          event: 'outcome',
          outcome: 'succeeded',
          id: `release/production/${number}`,
          message: 'live',
          summary: 'live',
          at: number,
          project: 'mailman',
          environment: 'production',
          release: { id: `release/production/${number}`, kind: 'deploy', requestedBy: 'ann' },
        },
      },
      number,
      worst,
    )
  }
  return {
    ...state,
    superseded: Array.from({ length: 500 }, (_, at) => ({
      id: `release/production/${at}`,
      by: `release/production/${at + 1}`,
      at,
    })),
  }
}

describe('the state of an environment', () => {
  test('stays under 256 KiB, whatever fifty releases of fifty services bring', () => {
    for (const longest of [false, true]) {
      const state = withinBounds(fullState(longest))
      assert.ok(jsonBytes(state) <= maxStateBytes, `${jsonBytes(state)} bytes`)
    }
  })

  test('keeps the live release and its way back whatever else has to go', () => {
    for (const longest of [false, true]) {
      const before = fullState(longest)
      const { ledger } = withinBounds(before)
      assert.equal(ledger.live?.services.length, 50)
      assert.deepEqual(
        ledger.live.services.map(({ revision, rollbackTarget }) => [
          revision.taskDefinition,
          rollbackTarget.taskDefinition,
        ]),
        before.ledger.live?.services.map(({ revision, rollbackTarget }) => [
          revision.taskDefinition,
          rollbackTarget.taskDefinition,
        ]),
      )
      assert.equal(resolveRollback(ledger, undefined).kind, 'found')
    }
  })

  test('keeps the newest entries of each list, and drops the oldest', () => {
    const before = fullState(false)
    const after = withinBounds(before)
    for (const of of [
      (state: EnvironmentState) => state.ledger.releases.map(({ id }) => id),
      (state: EnvironmentState) => state.controls.map(({ at }) => at),
      (state: EnvironmentState) => state.superseded.map(({ id }) => id),
      (state: EnvironmentState) => (state.undelivered ?? []).map(({ at }) => at),
    ]) {
      const kept = of(after)
      assert.ok(kept.length > 0)
      assert.deepEqual(kept, of(before).slice(0, kept.length))
    }
  })

  test('says of a release whose revisions had to go how to go back to it', () => {
    const { ledger } = withinBounds(fullState(false))
    const oldest = ledger.releases.at(-1)
    assert.deepEqual(oldest?.services, [])
    const resolved = resolveRollback(ledger, oldest.id)
    assert.equal(resolved.kind, 'none')
    assert.match(resolved.reason, /no longer has the revisions .*slipway revisions/)
  })

  test('that an older version handed on with whole messages is cut', () => {
    const whole = { ...releaseOf(1, [serviceAt(0, 1)]), message: 'm'.repeat(160_000) }
    const ledger = { live: whole, releases: Array.from({ length: 15 }, () => whole) }
    const state = withinBounds({ ...empty, ledger })
    assert.ok(jsonBytes(state) <= maxStateBytes)
    assert.equal(state.ledger.releases.length, 15)
  })

  test('that fits stays as it is', () => {
    assert.equal(withinBounds(empty), empty)
  })
})

describe('a request', () => {
  const largest = specFor('slipway', {
    admission: { ...spec.admission, policy: 'queue' },
    images: Array.from({ length: 50 }, (_, at) => imageNamed(`image-${at}`)),
    services: Array.from({ length: 50 }, (_, at) => serviceNamed(`service-${at}`)),
  })
  const rollback: ReleaseRequest = { kind: 'rollback', spec: largest, requestedBy: 'ann' }

  test('is rejected if it is larger than an environment has room for', () => {
    const services = Array.from({ length: 500 }, (_, at) => serviceNamed(`service-${at}`))
    const request = deployOf({ ...spec, services })
    assert.ok(jsonBytes(request) > maxRequestBytes)
    const admission = admit(empty, undefined, request, 1)
    assert.equal(admission.kind, 'rejected')
    assert.match(admission.reason, /this request takes \d+ KiB, and .* room for 36 KiB/)
  })

  test('waits as long as there is room for it, and a rollback is admitted even then', () => {
    let state = withinBounds({ ...fullState(false), spec: largest })
    let waiting = 0
    for (let number = 0; number < 100; number += 1) {
      const request = deployOf(largest, { commit: waiting.toString(16).padStart(40, '0') })
      const admission = admit(state, undefined, request, 1)
      if (admission.kind === 'rejected') {
        assert.match(admission.reason, /has no room for another request: \d+ wait already/)
        assert.equal(admission.retryable, true)
        break
      }
      state = withinBounds(admission.state)
      waiting += 1
    }
    assert.ok(waiting >= 1 && waiting < 100)
    const admission = admit(state, undefined, rollback, 1)
    assert.equal(admission.kind, 'admitted')
    assert.ok(jsonBytes(withinBounds(admission.state)) <= maxStateBytes)
  })

  test('of a workflow that waits for the end counts with its subscription', () => {
    let state: EnvironmentState = empty
    const request = deployOf(spec)
    for (let number = 0; number < 1_000; number += 1) {
      const admission = admit(state, undefined, request, 1, {
        workflowId: `${number}`.padEnd(1_000, 'w'),
      })
      if (admission.kind !== 'rejected') state = withinBounds(admission.state)
    }
    assert.ok(jsonBytes(state) <= maxStateBytes)
    assert.equal(admit(state, undefined, { ...rollback, spec }, 1).kind, 'admitted')
  })

  test('is ended as rejected when the state outgrows its bound after it was admitted, the last first', () => {
    let state: EnvironmentState = { ...empty, spec: largest }
    for (let number = 0; ; number += 1) {
      const request = deployOf(
        { ...spec, admission: { ...spec.admission, policy: 'queue', approval: { timeoutMs: 9 } } },
        { commit: number.toString(16).padStart(40, '0') },
      )
      const admission = admit(state, undefined, request, 1)
      if (admission.kind === 'rejected') break
      state = admission.state
    }
    const queued = state.waiting.map(({ input }) => input.id)
    for (const release of queued) {
      const effect = control(state, undefined, 'approve', { by: '\0'.repeat(33), release }, 2)
      assert.equal(effect.kind, 'done')
      state = withRoom(effect.state, 3)
    }
    const admission = admit(state, undefined, rollback, 4)
    assert.equal(admission.kind, 'admitted')
    const after = withinBounds(withRoom(admission.state, 4))
    assert.ok(jsonBytes(after) <= maxStateBytes, `${jsonBytes(after)} bytes`)
    const [first, ...others] = after.waiting.map(({ input }) => input.id)
    assert.equal(first, admission.id)
    assert.deepEqual(others, queued.slice(0, others.length))
    const gone = queued.slice(others.length)
    assert.ok(gone.length > 0)
    const [newest] = after.ledger.releases
    assert.deepEqual([newest?.id, newest?.outcome], [gone[0], 'rejected'])
    assert.match(newest?.message ?? '', /no room left for this request; nothing was changed/)
  })

  test('that an older version left in a queue that is too large is ended, too', () => {
    const heavy = specFor('slipway', { cluster: 'c'.repeat(30 * 1_024) })
    const waiting = Array.from({ length: 60 }, (_, number) => ({
      input: { id: `release/production/${number}`, request: deployOf(heavy) },
      since: 1,
    }))
    const state = withinBounds(withRoom({ ...empty, waiting }, 1))
    assert.ok(jsonBytes(state) <= maxStateBytes)
    assert.equal(state.waiting[0]?.input.id, 'release/production/0')
    assert.ok(state.waiting.length < 60 && state.ledger.releases.length > 0)
  })

  test('for a rollback may be larger than one for a deploy, so that an old spec can be left', () => {
    const services = Array.from({ length: 160 }, (_, at) => serviceNamed(`service-${at}`))
    const large = { ...spec, services: [...spec.services, ...services, ...services] }
    assert.ok(jsonBytes(large) > maxRequestBytes)
    const state = { ...empty, spec: large }
    assert.equal(admit(state, undefined, deployOf(large), 1).kind, 'rejected')
    assert.equal(admit(state, undefined, { ...rollback, spec: large }, 1).kind, 'admitted')
  })
})
