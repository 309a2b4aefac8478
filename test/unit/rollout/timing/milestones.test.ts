import assert from 'node:assert/strict'
import { test } from 'node:test'
import { usualRange } from '../../../../rollout/expected-end.ts'
import { passedSince, spansToEnd } from '../../../../rollout/milestones.ts'

/** Events as ECS lists them, newest first. */
const eventsOf = (...happened: readonly (readonly [at: number, text: string])[]) =>
  happened.map(([at, message]) => ({ at, message })).toReversed()

const started = 'has started 12 tasks: (task a).'
const registered = 'registered 12 targets in (target-group arn)'
const stopped = 'has stopped 12 running tasks: (task b).'
const draining = 'has begun draining connections on 1 tasks.'
const completed = '(deployment ecs-svc/1) deployment completed.'
const none = { started: [], registered: [], stopped: [], draining: [] }

test('a milestone was passed when it was last reported since the beginning', () => {
  const events = eventsOf(
    [4, started],
    [5, started],
    [9, started],
    [7, registered],
    [8, stopped],
    [8, draining],
    [9, 'is happy.'],
    [9, 'deregistered 12 targets in (target-group arn)'],
  )
  assert.deepEqual(passedSince(events, 5), { started: 9, registered: 7, stopped: 8, draining: 8 })
  assert.deepEqual(passedSince(events.toReversed(), 5).started, 9)
  assert.deepEqual(passedSince(events, 9), { started: 9 })
  assert.deepEqual(passedSince(events, 10), {})
})

test('spans go from the last report of each milestone to the end of their deployment', () => {
  const events = eventsOf(
    [1, started],
    [2, started],
    [3, registered],
    [4, stopped],
    [5, draining],
    [10, completed],
    [11, started],
    [20, completed],
    [30, completed],
  )
  assert.deepEqual(spansToEnd(events, 25), {
    started: [8, 9],
    registered: [7],
    stopped: [6],
    draining: [5],
  })
  assert.deepEqual(spansToEnd(events, 20), { ...spansToEnd(events, 25), started: [8] })
})

test('what a steady state or a rollback cuts off belongs to no deployment', () => {
  const steady = [3, 'has reached a steady state.'] as const
  assert.deepEqual(spansToEnd(eventsOf([1, stopped], steady, [4, started], [9, completed]), 99), {
    ...none,
    started: [5],
  })
  assert.deepEqual(spansToEnd(eventsOf(steady, [4, stopped], [5, started], [9, completed]), 99), {
    ...none,
    stopped: [5],
    started: [4],
  })
  assert.deepEqual(
    spansToEnd(eventsOf([1, started], [2, 'rolling back to deployment x'], [9, completed]), 99),
    none,
  )
  assert.deepEqual(spansToEnd(eventsOf([1, started], [9, `${completed} x`]), 99), none)
})

test('the usual range has half of the spread as margin, and more for few spans', () => {
  assert.equal(usualRange([]), undefined)
  assert.deepEqual(usualRange([100_000]), { least: 85_000, most: 115_000 })
  assert.deepEqual(usualRange([120_000, 100_000, 110_000]), { least: 90_000, most: 130_000 })
  assert.deepEqual(usualRange([1_000, 1_000, 1_000]), { least: 500, most: 1_500 })
  assert.deepEqual(usualRange([100]), { least: 0, most: 600 })
})

test('the usual range leaves out what is twice as long as the median, or half as long', () => {
  const range = { least: 50_000 - 75_000, most: 200_000 + 75_000 }
  assert.deepEqual(usualRange([49_999, 50_000, 100_000, 200_000, 200_001]), {
    ...range,
    least: 0,
  })
  assert.deepEqual(usualRange([100_000, 130_000]), { least: 85_000, most: 145_000 })
})
