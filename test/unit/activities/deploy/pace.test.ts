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

/** When polls at this pace notice the end of a rollout that ends at `endsAt`. */
function noticedAt(end: WatchProgress['end'], endsAt: number, nearSince?: number): number {
  let now = 0
  while (now < endsAt) {
    const near = nearSince !== undefined && now >= nearSince ? nearSince : undefined
    now += pauseUntilNextPoll(defaultPace, { now, since: 0, nearSince: near, end })
  }
  return now
}

describe('the pause until the next poll', () => {
  test('is never longer than its bound, whatever end is expected', () => {
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

  test('notices an expected end within a second', () => {
    fc.assert(
      fc.property(ends, fc.double({ min: 0, max: 1, noNaN: true }), (end, at) => {
        const endsAt = end.earliest + at * (end.latest - end.earliest)
        const lagMs = noticedAt(end, endsAt) - endsAt
        assert.ok(lagMs <= Math.max(nearEndMs, Math.min(second, (end.latest - end.earliest) / 60)))
      }),
    )
  })

  test('notices an early end in no more time than it is early', () => {
    fc.assert(
      fc.property(ends, fc.double({ min: 0, max: 1, noNaN: true }), (end, at) => {
        const endsAt = at * end.earliest
        const lagMs = noticedAt(end, endsAt) - endsAt
        const early = end.earliest - endsAt
        const bound = Math.min(2 * farMs, end.earliest / 15, early)
        assert.ok(lagMs <= Math.max(nearEndMs, bound) + 1e-6, `${lagMs} ms, ${early} ms early`)
      }),
    )
  })

  test('notices a late end within an eighth of its delay, and 5 s at most', () => {
    fc.assert(
      fc.property(ends, ages, (end, late) => {
        const endsAt = end.latest + late
        const lagMs = noticedAt(end, endsAt) - endsAt
        assert.ok(lagMs <= Math.max(second, Math.min(farMs, late / 8)) + 1e-6, `${lagMs} ms`)
      }),
      { numRuns: 50 },
    )
  })

  test('is a second at most once only ECS’s confirmation is missing', () => {
    fc.assert(
      fc.property(fc.option(ends), ages, ages, (end, nearSince, more) => {
        const endsAt = nearSince + (more % 600_000)
        // The poll that showed this may have been the last before the pause grew short.
        const shownAt = noticedAt(end ?? undefined, nearSince)
        const lagMs = noticedAt(end ?? undefined, endsAt, nearSince) - endsAt
        if (endsAt >= shownAt) assert.ok(lagMs <= second, `${lagMs} ms`)
      }),
      { numRuns: 50 },
    )
  })

  test('needs few polls for a rollout whose end is well known', () => {
    let polls = 0
    const end = { earliest: 150 * second, latest: 156 * second }
    for (let now = 0; now < 153 * second; polls += 1) {
      now += pauseUntilNextPoll(defaultPace, { now, since: 0, nearSince: undefined, end })
    }
    assert.ok(polls < 40, `${polls} polls`)
  })
})
