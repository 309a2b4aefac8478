import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LedgerEntry, UndeliveredNotification } from '../../../../../contract/environment.ts'
import type { ReleasedService } from '../../../../../contract/releases.ts'
import type { ReleaseRequest } from '../../../../../contract/requests.ts'
import { jsonBytes } from '../../../../../contract/size.ts'
import { unsentBytes } from '../../../../../workflows/environment/state/outbox.ts'
import {
  hasRoomFor,
  maxStateBytes,
  withinBounds,
} from '../../../../../workflows/environment/state/room.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
} from '../../../../../workflows/environment/state/state.ts'
import { arn, deployOf, digestOf, specFor } from '../../../../workflows/fixtures.ts'
import { serviceNamed } from '../../../environment-specs.ts'

const kib = 1_024
const spec = specFor('slipway')
const empty: EnvironmentState = { ...newEnvironmentState('production', 'mailman'), spec }
const deploy = deployOf(spec)
const rollback: ReleaseRequest = { kind: 'rollback', spec, requestedBy: 'ann' }

/** A service that takes about so many bytes in the ledger. */
const serviceOf = (bytes: number, revision: number): ReleasedService => ({
  name: 'api',
  ecsService: 'e'.repeat(bytes),
  revision: {
    service: 'api',
    taskDefinition: arn('api', revision),
    digests: { api: digestOf('api', revision) },
    registered: true,
  },
  rollbackTarget: {
    taskDefinition: arn('api', revision - 1),
    digests: { api: digestOf('api', revision - 1) },
    deploymentId: `ecs-svc/${revision}`,
    hasSucceeded: true,
  },
})

const release = (number: number, bytes: number): LedgerEntry => ({
  id: `release/production/${number}`,
  kind: 'deploy',
  requestedBy: 'ann',
  startedAt: number,
  endedAt: number,
  outcome: 'succeeded',
  message: '',
  services: [serviceOf(bytes, number)],
})

const releases = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, at) => release(count - at, bytes))

const supersededBy = (count: number, bytes: number): EnvironmentState['superseded'] =>
  Array.from({ length: count }, (_, at) => ({ id: `${at}`, by: 'b'.repeat(bytes), at }))

const controls = (count: number, bytes: number): EnvironmentState['controls'] =>
  Array.from({ length: count }, (_, at) => ({
    kind: 'freeze',
    by: 'ann',
    at,
    reason: 'r'.repeat(bytes),
  }))

const undelivered = (count: number, bytes: number): readonly UndeliveredNotification[] =>
  Array.from({ length: count }, (_, at) => ({
    release: `${at}`,
    event: 'outcome',
    to: 'slack (SLACK_WEBHOOK_URL)',
    at,
    reason: 'r'.repeat(bytes),
  }))

/** A state of exactly so many bytes, most of them about requests that were superseded. */
function stateOf(bytes: number): EnvironmentState {
  const left = bytes - jsonBytes({ ...empty, superseded: supersededBy(1, 0) })
  return { ...empty, superseded: supersededBy(1, left) }
}

/** A state whose live release takes about so many bytes. */
const liveOf = (bytes: number): EnvironmentState => ({
  ...empty,
  ledger: { live: release(1, bytes), releases: [] },
})

/** What decisions need is this large, without what is only told to people. */
const largestNeeded = maxStateBytes - 40 * kib

const digestsIn = (state: EnvironmentState) =>
  withinBounds(state).ledger.live?.services.map(({ revision, rollbackTarget }) => [
    Object.keys(revision.digests).length,
    Object.keys(rollbackTarget.digests).length,
  ])

describe('the state of an environment', () => {
  test('is cut once it is larger than Temporal takes without a warning, not before', () => {
    const largest = stateOf(maxStateBytes)
    assert.equal(jsonBytes(largest), maxStateBytes)
    assert.equal(withinBounds(largest), largest)
    assert.deepEqual(withinBounds(stateOf(maxStateBytes + 1)).superseded, [])
  })

  test('has all earlier releases, and the services of as many of the newest as fit', () => {
    const before = { ...empty, ledger: { releases: releases(40, 8 * kib) } }
    const after = withinBounds(before)
    const whole = after.ledger.releases.filter(({ services }) => services.length > 0)
    assert.equal(after.ledger.releases.length, 40)
    assert.deepEqual(whole, before.ledger.releases.slice(0, whole.length))
    assert.ok(whole.length > 0)
    const left = maxStateBytes - jsonBytes(after)
    assert.ok(left >= 0 && left < 9 * kib, `${left} bytes are left`)
  })

  test('keeps its share of each list, although one of them could take all of the room', () => {
    const lists = {
      controls: controls(500, 500),
      undelivered: undelivered(500, 500),
      superseded: supersededBy(500, 500),
      ledger: { live: release(900, 100), releases: releases(50, 4 * kib) },
    }
    const after = withinBounds({ ...empty, ...lists })
    assert.equal(after.ledger.releases.length, 50)
    for (const [list, least] of [
      [after.controls, 12],
      [after.undelivered, 4],
      [after.superseded, 8],
    ] as const) {
      const bytes = jsonBytes(list)
      assert.ok(bytes > (least - 1) * kib, `${bytes} bytes of ${least} KiB`)
    }
    assert.ok(jsonBytes(after) <= maxStateBytes)
  })

  test('has each list as large as its share where the live release leaves no more', () => {
    const lists = {
      controls: controls(500, 200),
      undelivered: undelivered(500, 200),
      superseded: supersededBy(500, 200),
    }
    const live = release(900, largestNeeded - jsonBytes(empty) - kib)
    const ledger = {
      live,
      releases: releases(50, 100).map((one) => ({ ...one, subject: 's'.repeat(900) })),
    }
    const after = withinBounds({ ...empty, ...lists, ledger })
    for (const [list, least] of [
      [after.ledger.releases, 16],
      [after.controls, 12],
      [after.undelivered, 4],
      [after.superseded, 8],
    ] as const) {
      const bytes = jsonBytes(list)
      assert.ok(bytes > (least - 2) * kib, `${bytes} bytes of ${least} KiB`)
      assert.ok(bytes <= (least + 2) * kib, `${bytes} bytes of ${least} KiB`)
    }
    assert.ok(jsonBytes(after) <= maxStateBytes)
    assert.ok(after.ledger.releases.every(({ services }) => services.length === 0))
  })

  test('has no list of undelivered notifications if it had none', () => {
    assert.equal('undelivered' in withinBounds(stateOf(maxStateBytes + 1)), false)
  })

  test('drops digests of the live release only where it is too large with them', () => {
    const more = { superseded: supersededBy(500, 600) }
    assert.deepEqual(digestsIn({ ...liveOf(100), ...more }), [[1, 1]])
    assert.deepEqual(digestsIn({ ...liveOf(maxStateBytes), ...more }), [[0, 0]])
    const around = (bytes: number) => digestsIn({ ...liveOf(bytes), ...more })
    const others = jsonBytes(liveOf(0))
    assert.deepEqual(around(largestNeeded - others), [[1, 1]])
    assert.deepEqual(around(largestNeeded - others + 1), [[0, 0]])
  })
})

/** What is kept for the services of a release. */
const its = spec.services.length * 800

/** A state of exactly so many bytes without its ledger, which is empty. */
function withoutLedger(bytes: number): EnvironmentState {
  const { ledger, ...rest } = empty
  const environment = 'e'.repeat(bytes - jsonBytes({ ...rest, environment: '' }))
  return { ...rest, environment, ledger }
}

describe('there is room for a request', () => {
  test('up to the last byte that the end of its release and one more rollback leave', () => {
    for (const request of [deploy, rollback]) {
      const room = largestNeeded - unsentBytes - its - (jsonBytes(request) + its / 2)
      assert.equal(hasRoomFor(withoutLedger(room), request), true)
      assert.equal(hasRoomFor(withoutLedger(room + 1), request), false)
    }
  })

  test('whatever is only told to people, and whatever released before the live release', () => {
    const state: EnvironmentState = {
      ...empty,
      controls: controls(500, 1_000),
      undelivered: undelivered(500, 1_000),
      superseded: supersededBy(500, 1_000),
      ledger: { live: release(1, 100), releases: releases(50, 10 * kib) },
    }
    assert.equal(hasRoomFor(state, deploy), true)
    assert.equal(hasRoomFor(state, rollback), true)
  })

  test('only as far as the live release, and as many services as are requested, leave it', () => {
    assert.equal(hasRoomFor(liveOf(100), rollback), true)
    assert.equal(hasRoomFor(liveOf(maxStateBytes), rollback), false)
    // A rollback brings the revisions before the live ones: half as much again.
    const liveFor = (share: number) => liveOf(Math.floor((largestNeeded - unsentBytes) / share))
    assert.equal(hasRoomFor(liveFor(1.6), deploy), true)
    assert.equal(hasRoomFor(liveFor(1.4), deploy), false)
    const services = Array.from({ length: 200 }, () => serviceNamed('s'))
    assert.equal(hasRoomFor(empty, { ...rollback, spec: { ...spec, services } }), false)
  })
})
