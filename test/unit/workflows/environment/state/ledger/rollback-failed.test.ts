import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LedgerEntry } from '../../../../../../contract/environment.ts'
import {
  resolveRollback,
  withEntry,
  type Ledger,
} from '../../../../../../workflows/environment/state/ledger.ts'
import { arn, digestOf } from '../../../../../workflows/fixtures.ts'
import { both, entry, ledgerOf, released } from './entries.ts'

const back = { kind: 'rollback' } as const
const failed = entry('ccccccc', both(10, 9), { outcome: 'rollback_failed' })
const stuck = ledgerOf(entry('aaaaaaa', both(8, 7)), entry('bbbbbbb', both(9, 8)), failed)
const rolledBack = withEntry(stuck, entry('back', both(9, 9), back))

const goesTo = (ledger: Ledger, to?: string) => {
  const found = resolveRollback(ledger, to)
  return found.kind === 'found' ? found.revisions?.map((one) => one.taskDefinition) : found.reason
}
const withoutServices = (one: LedgerEntry): LedgerEntry => ({ ...one, services: [] })
const live = [arn('api', 9), arn('worker', 9)]
const beforeLive = [arn('api', 8), arn('worker', 8)]

describe('a rollback after a release whose rollback failed', () => {
  test('goes to the live release, which ran before it', () => {
    assert.deepEqual(resolveRollback(stuck, undefined), {
      kind: 'found',
      revisions: ['api', 'worker'].map((name) => ({
        service: name,
        taskDefinition: arn(name, 9),
        digests: { [name]: digestOf(name, 9) },
        registered: false,
      })),
      commit: 'bbbbbbb'.padEnd(40, '0'),
    })
  })

  test('goes behind the live release once that one runs again', () => {
    assert.equal(rolledBack.live?.id, 'bbbbbbb')
    assert.deepEqual(goesTo(rolledBack), beforeLive)
    const further = withEntry(rolledBack, entry('further', both(8, 9), back))
    assert.deepEqual(goesTo(further), [arn('api', 7), arn('worker', 7)])
  })

  test('goes behind a live release that had changed only some services, too', () => {
    const partly = ledgerOf(
      entry('aaaaaaa', both(8, 7)),
      entry('bbbbbbb', [released('api', 9, 8)]),
      entry('ccccccc', both(10, 9), { outcome: 'rollback_failed' }),
    )
    assert.deepEqual(goesTo(partly), [arn('api', 9), arn('worker', 8)])
    const touched = [released('api', 9, 9), released('worker', 8, 8)]
    const then = withEntry(partly, entry('back', touched, back))
    assert.equal(then.live?.id, 'bbbbbbb')
    assert.deepEqual(goesTo(then), beforeLive)
  })

  test('still goes to the live release after releases that touched nothing', () => {
    for (const outcome of ['rejected', 'unchanged', 'cancelled', 'superseded'] as const) {
      const then = withEntry(stuck, entry('later', [], { ...back, outcome }))
      assert.deepEqual(goesTo(then), live, outcome)
    }
    const again = withEntry(stuck, entry('later', both(9, 9), { ...back, outcome: failed.outcome }))
    assert.deepEqual(goesTo(again), live)
  })

  test('goes behind the live release after a later release that was rolled back', () => {
    for (const outcome of ['rolled_back', 'cancelled', 'superseded'] as const) {
      const then = withEntry(stuck, entry('later', both(11, 9), { outcome }))
      assert.deepEqual(goesTo(then), beforeLive, outcome)
    }
  })

  test('goes to the live release after a release that was terminated', () => {
    const terminated = entry('later', [], { outcome: 'rollback_failed' })
    assert.deepEqual(goesTo(withEntry(rolledBack, terminated)), live)
  })

  test('goes behind the live release where the ledger had no room for the services', () => {
    const full = { ...rolledBack, releases: rolledBack.releases.map(withoutServices) }
    assert.deepEqual(goesTo(full), beforeLive)
  })

  test('is left to ECS if no release has succeeded yet', () => {
    assert.deepEqual(resolveRollback(ledgerOf(failed), undefined), { kind: 'found' })
  })

  test('goes to the release that it names', () => {
    assert.deepEqual(goesTo(stuck, 'aaaaaaa'), beforeLive)
  })
})
