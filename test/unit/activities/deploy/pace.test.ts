import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import {
  defaultPace,
  pauseUntilNextPoll,
  type WatchProgress,
} from '../../../../activities/deploy/pace.ts'

const { nearEndMs, farMs } = defaultPace
const second = 1_000

const ages = fc.integer({ min: 0, max: 7_200_000 })
const ends = fc
  .tuple(fc.integer({ min: 0, max: 1_200_000 }), fc.integer({ min: 0, max: 120_000 }))
  .map(([earliest, width]) => ({ earliest, latest: earliest + width }))

/** When a rollout that ends at some moment is known to have ended, where looks come at this pace. */
function knownAt(end: WatchProgress['end'], endsAt: number, nearSince?: number): number {
  let now = 0
  while (now < endsAt) {
    const near = nearSince !== undefined && now >= nearSince ? nearSince : undefined
    now += pauseUntilNextPoll(defaultPace, { now, since: 0, nearSince: near, end })
  }
  return now
}

describe('the pause until the next look', () => {
  test('is never longer than its bound, whatever is expected', () => {
    fc.assert(
      fc.property(ages, ages, fc.option(ends), fc.option(ages), (now, ago, end, near) => {
        const pause = pauseUntilNextPoll(defaultPace, {
          now,
          since: now - ago,
          nearSince: near === null ? undefined : now - near,
          end: end ?? undefined,
        })
        assert.ok(pause >= nearEndMs && pause <= 2 * farMs)
        if (near !== null) assert.ok(pause <= second)
        if (end === null) assert.ok(pause <= Math.max(2 * nearEndMs, Math.min(farMs, ago / 4)))
        else if (now >= end.earliest && now <= end.latest) assert.ok(pause <= second)
      }),
    )
  })

  test('never misses an end that was expected by more than a second', () => {
    fc.assert(
      fc.property(ends, fc.double({ min: 0, max: 1, noNaN: true }), (end, at) => {
        const endsAt = end.earliest + at * (end.latest - end.earliest)
        const lagMs = knownAt(end, endsAt) - endsAt
        assert.ok(lagMs <= Math.max(nearEndMs, Math.min(second, (end.latest - end.earliest) / 60)))
      }),
    )
  })

  test('knows an end that comes early in no more than it is early', () => {
    fc.assert(
      fc.property(ends, fc.double({ min: 0, max: 1, noNaN: true }), (end, at) => {
        const endsAt = at * end.earliest
        const lagMs = knownAt(end, endsAt) - endsAt
        const early = end.earliest - endsAt
        const bound = Math.min(2 * farMs, end.earliest / 15, early)
        assert.ok(lagMs <= Math.max(nearEndMs, bound) + 1e-6, `${lagMs} ms, ${early} ms early`)
      }),
    )
  })

  test('knows an end that comes late in an eighth of how late it is, and 5 s at most', () => {
    fc.assert(
      fc.property(ends, ages, (end, late) => {
        const endsAt = end.latest + late
        const lagMs = knownAt(end, endsAt) - endsAt
        assert.ok(lagMs <= Math.max(second, Math.min(farMs, late / 8)) + 1e-6, `${lagMs} ms`)
      }),
      { numRuns: 50 },
    )
  })

  test('is a second at most once ECS has only to say that it is done', () => {
    fc.assert(
      fc.property(fc.option(ends), ages, ages, (end, nearSince, more) => {
        const endsAt = nearSince + (more % 600_000)
        // The look at which it showed may have been the last before the pause grew short.
        const shownAt = knownAt(end ?? undefined, nearSince)
        const lagMs = knownAt(end ?? undefined, endsAt, nearSince) - endsAt
        if (endsAt >= shownAt) assert.ok(lagMs <= second, `${lagMs} ms`)
      }),
      { numRuns: 50 },
    )
  })

  test('spends few looks on a rollout whose end is known beforehand', () => {
    let looks = 0
    const end = { earliest: 150 * second, latest: 156 * second }
    for (let now = 0; now < 153 * second; looks += 1) {
      now += pauseUntilNextPoll(defaultPace, { now, since: 0, nearSince: undefined, end })
    }
    assert.ok(looks < 40, `${looks} looks`)
  })
})
