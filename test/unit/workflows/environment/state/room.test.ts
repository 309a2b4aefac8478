import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { jsonBytes } from '../../../../../contract/size.ts'
import { resolveRollback } from '../../../../../workflows/environment/state/ledger.ts'
import { maxStateBytes, withinBounds } from '../../../../../workflows/environment/state/room.ts'
import type { EnvironmentState } from '../../../../../workflows/environment/state/state.ts'
import { empty, fullState, releaseOf, serviceAt } from './full-state.ts'

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
