import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EndedRelease } from '../../../client/ended-releases.ts'
import { metricsOf } from '../../../client/metrics.ts'

const minute = 60_000
let clock = 0

/** A release that takes ten minutes and begins an hour after the one before it. */
function ended(change: Partial<EndedRelease> = {}): EndedRelease {
  clock += 60 * minute
  return {
    id: `release/production/${clock}`,
    kind: 'deploy',
    outcome: 'succeeded',
    startedAt: clock,
    endedAt: clock + 10 * minute,
    committedAt: clock - 5 * minute,
    ...change,
  }
}

test('deploys that went live are counted, with their time from the commit', () => {
  const metrics = metricsOf([ended(), ended(), ended({ outcome: 'rejected' })], 2)
  assert.equal(metrics.deployments, 2)
  assert.equal(metrics.deploymentsPerDay, 1)
  assert.equal(metrics.leadTimeMs, 15 * minute)
  assert.equal(metrics.changeFailureRate, 0)
  assert.equal(metrics.timeToRestoreMs, undefined)
})

test('a deploy that was rolled back has failed, and is restored when it ends', () => {
  const metrics = metricsOf([ended(), ended({ outcome: 'rolled_back' })], 1)
  assert.equal(metrics.changeFailureRate, 0.5)
  assert.equal(metrics.timeToRestoreMs, 10 * minute)
})

test('a deploy that a person rolled back later has failed, too, in any order of the list', () => {
  const good = ended()
  const bad = ended()
  const back = ended({ kind: 'rollback' })
  const metrics = metricsOf([back, bad, good], 1)
  assert.equal(metrics.changeFailureRate, 0.5)
  assert.equal(metrics.timeToRestoreMs, 70 * minute)
})

test('after a failed rollback, the next release that goes live restores', () => {
  const metrics = metricsOf([ended({ outcome: 'rollback_failed' }), ended()], 1)
  assert.equal(metrics.changeFailureRate, 0.5)
  assert.equal(metrics.timeToRestoreMs, 70 * minute)
})

test('a rollback that comes after a later deploy says nothing about the earlier one', () => {
  const metrics = metricsOf([ended(), ended(), ended({ kind: 'rollback' })], 1)
  assert.equal(metrics.changeFailureRate, 0.5)
})

test('metrics that nothing can be computed from are left out', () => {
  assert.deepEqual(metricsOf([], 30), { days: 30, deployments: 0, deploymentsPerDay: 0 })
})
