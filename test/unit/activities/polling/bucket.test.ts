import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createBucket } from '../../../../activities/polling/bucket.ts'

const limit = { burst: 10, perSecond: 10 }

/** How many calls a bucket allows in a time span, in milliseconds. */
function callsWithin(bucket: ReturnType<typeof createBucket>, from: number, to: number): number {
  let calls = 0
  for (let now = from; ; calls += 1) {
    now = bucket.readyAt(now)
    if (now > to) return calls
    bucket.take(now)
  }
}

describe('a share of a throttle bucket', () => {
  test('allows a burst, then its share of the rate', () => {
    const bucket = createBucket(limit, 0.5)
    assert.equal(callsWithin(bucket, 0, 0), 5)
    assert.equal(callsWithin(bucket, 0, 10_000), 50)
  })

  test('never holds more than its share of the burst', () => {
    const bucket = createBucket(limit, 0.5)
    callsWithin(bucket, 0, 0)
    assert.equal(callsWithin(bucket, 3_600_000, 3_600_000), 5)
  })

  test('pauses after a throttled call, continues at half the rate, and recovers', () => {
    const bucket = createBucket(limit, 1, () => 1)
    bucket.slowDown(0, 0)
    assert.equal(callsWithin(bucket, 0, 99), 0)
    const soon = callsWithin(bucket, 100, 2_100)
    assert.ok(soon >= 10 && soon <= 11, String(soon))
    callsWithin(bucket, 2_100, 30_000)
    assert.equal(callsWithin(bucket, 30_000, 31_000), 10)
  })

  test('counts throttled calls that were in flight together as one', () => {
    const once = createBucket(limit, 1, () => 1)
    const often = createBucket(limit, 1, () => 1)
    once.slowDown(1, 10)
    for (const sentAt of [1, 2, 3, 4]) often.slowDown(sentAt, 10)
    assert.equal(often.readyAt(10), once.readyAt(10))
  })

  test('pauses longer with each throttled call in a row', () => {
    const bucket = createBucket(limit, 1, () => 1)
    const rests: number[] = []
    for (let now = 0; rests.length < 8;) {
      bucket.slowDown(now, now)
      const at = bucket.readyAt(now)
      rests.push(at - now)
      now = at
    }
    const [first = 0, second = 0, third = 0] = rests
    assert.ok(first < second && second < third, rests.join(' '))
    assert.ok(Math.max(...rests) < 8_000)
  })
})
