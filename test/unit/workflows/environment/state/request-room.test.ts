import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ReleaseRequest } from '../../../../../contract/requests.ts'
import { jsonBytes } from '../../../../../contract/size.ts'
import { admit } from '../../../../../workflows/environment/state/admission.ts'
import { control } from '../../../../../workflows/environment/state/controls.ts'
import {
  maxRequestBytes,
  maxStateBytes,
  withRoom,
  withinBounds,
} from '../../../../../workflows/environment/state/room.ts'
import type { EnvironmentState } from '../../../../../workflows/environment/state/state.ts'
import { deployOf, specFor } from '../../../../workflows/fixtures.ts'
import { imageNamed, serviceNamed } from '../../../environment-specs.ts'
import { empty, fullState, spec } from './full-state.ts'

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

  test('is not ended for want of room if it is the next one', () => {
    const heavy = specFor('slipway', { cluster: 'c'.repeat(250 * 1_024) })
    const none = { ...empty, spec: heavy }
    assert.equal(withRoom(none, 1), none)
    const next = { input: { id: 'release/production/1', request: deployOf(spec) }, since: 1 }
    const one = { ...none, waiting: [next] }
    assert.equal(withRoom(one, 1), one)
    const last = { ...next, input: { ...next.input, id: 'release/production/2' } }
    assert.deepEqual(withRoom({ ...none, waiting: [next, last] }, 1).waiting, [next])
  })
})
