import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { expectedEnd, usualRange } from '../../../rollout/expected-end.ts'
import { passedSince, spansToEnd } from '../../../rollout/milestones.ts'
import type { ObservedService } from '../../../rollout/observation.ts'
import { deploymentWith, observationWith, recordWith } from './observations.ts'

const second = 1_000

/** Events as ECS lists them, newest first, of what happened at which second. */
function eventsOf(...happened: readonly (readonly [at: number, text: string])[]) {
  return happened
    .map(([at, text]) => ({ at: at * second, message: `(service api) ${text}` }))
    .toReversed()
}

/** A deployment that begins at this second, and pulls and drains for so many seconds. */
function deploymentAt(begin: number, { pull = 40, drain = 50 } = {}) {
  return [
    [begin + 1, 'has started 1 tasks: (task a).'],
    [begin + pull, 'registered 1 targets in (target-group arn)'],
    [begin + pull + 30, 'has stopped 1 running tasks: (task b).'],
    [begin + pull + 30, 'deregistered 1 targets in (target-group arn)'],
    [begin + pull + 30, 'has begun draining connections on 1 tasks.'],
    [begin + pull + 30 + drain, '(deployment ecs-svc/1) deployment completed.'],
    [begin + pull + 30 + drain, 'has reached a steady state.'],
  ] as const
}

const earlier = [
  ...deploymentAt(1_000),
  ...deploymentAt(2_000, { pull: 44 }),
  ...deploymentAt(3_000, { drain: 52 }),
]

interface Now {
  readonly events?: ObservedService['events']
  readonly running?: number
  readonly pending?: number
  /** Tasks of the deployment before. */
  readonly old?: number
  readonly earlierMs?: readonly number[]
  readonly record?: Parameters<typeof recordWith>[0]
  readonly seenAt: number
}

/** What is expected of a deployment that began at second 5,000, in seconds from then. */
function expectedAt({ events = [], running = 1, pending = 0, old = 0, seenAt, ...now }: Now) {
  const { service } = observationWith({
    service: {
      deployments: [
        deploymentWith({
          rolloutState: 'IN_PROGRESS',
          runningCount: running,
          pendingCount: pending,
          createdAt: new Date(5_000 * second),
        }),
        ...(old > 0
          ? [deploymentWith({ id: 'ecs-svc/1', status: 'ACTIVE', runningCount: old })]
          : []),
      ],
    },
  })
  const end = expectedEnd({
    service: { ...service, events },
    record: recordWith({ createdAt: new Date(5_000 * second), ...now.record }),
    seenAt: (5_000 + seenAt) * second,
    earlierMs: now.earlierMs ?? [],
  })
  if (end === undefined) return undefined
  return { earliest: end.earliest / second - 5_000, latest: end.latest / second - 5_000 }
}

const began = [5_001, 'has started 1 tasks: (task a).'] as const
const registered = [5_040, 'registered 1 targets in (target-group arn)'] as const
const draining = [5_070, 'has begun draining connections on 1 tasks.'] as const

describe('the expected end of a deployment', () => {
  test('is as far from its last milestone as in earlier deployments', () => {
    const end = expectedAt({
      events: eventsOf(...earlier, began, registered, draining),
      seenAt: 75,
    })
    assert.ok(end)
    assert.ok(end.earliest < 120 && end.earliest > 115, String(end.earliest))
    assert.ok(end.latest > 122 && end.latest < 127, String(end.latest))
  })

  test('moves while a milestone is missing that always took some time', () => {
    const events = eventsOf(...earlier, began, registered)
    const [soon, later] = [60, 300].map((seenAt) => expectedAt({ events, old: 1, seenAt }))
    assert.ok(soon && later)
    // Nothing has begun to drain yet, which takes 50 s.
    assert.ok(soon.earliest > 60 + 45 && later.earliest > 300 + 45)
    const pulling = expectedAt({
      events: eventsOf(...earlier, began),
      running: 0,
      pending: 1,
      old: 1,
      seenAt: 200,
    })
    assert.ok(pulling && pulling.earliest > 200 + 75)
  })

  test('is as far from its beginning as in earlier deployments if the events do not reach back', () => {
    const events = eventsOf(began, registered)
    const earlierMs = [150, 160, 155].map((took) => took * second)
    const end = expectedAt({ events, earlierMs, seenAt: 60 })
    assert.ok(end && end.earliest > 140 && end.earliest < 150 && end.latest > 160)
    assert.equal(expectedAt({ events, seenAt: 60 }), undefined)
  })

  test('is unknown if no earlier deployment has passed the milestone', () => {
    const withoutDrain = earlier.filter(([, text]) => !/drain|stopped/.test(text))
    const events = eventsOf(...withoutDrain, began, registered, draining)
    assert.equal(expectedAt({ events, seenAt: 75 }), undefined)
  })

  test('of a rollback is not estimated from whole service deployments', () => {
    const record = { createdAt: new Date(4_800 * second), status: 'ROLLBACK_IN_PROGRESS' }
    const earlierMs = [150 * second]
    assert.equal(expectedAt({ record, earlierMs, seenAt: 60 }), undefined)
    const events = eventsOf(...earlier, began, registered, draining)
    assert.ok(expectedAt({ record, earlierMs, events, seenAt: 75 }))
  })

  test('is unknown while a hook waits for a person', () => {
    const hook = { hookId: 'h', targetType: 'PAUSE', status: 'AWAITING_ACTION' } as const
    const events = eventsOf(...earlier, began, registered, draining)
    assert.equal(
      expectedAt({ record: { lifecycleHookDetails: [hook] }, events, seenAt: 75 }),
      undefined,
    )
  })
})

describe('the milestones in the events of a service', () => {
  test('give the time from the last of each milestone to the end, for each deployment', () => {
    const spans = spansToEnd(eventsOf(...earlier), 5_000 * second)
    assert.deepEqual(spans.draining, [50 * second, 50 * second, 52 * second])
    assert.deepEqual(spans.registered, [80 * second, 80 * second, 82 * second])
  })

  test('leave out what happened between deployments, and failed deployments', () => {
    const events = eventsOf(
      ...deploymentAt(1_000),
      [1_500, 'has stopped 1 running tasks: (task b).'],
      [1_510, 'has reached a steady state.'],
      [2_001, 'has started 1 tasks: (task a).'],
      [2_100, '(deployment ecs-svc/2) deployment failed: tasks failed to start.'],
      [2_100, 'rolling back to deployment ecs-svc/1'],
      [2_101, 'has started 1 tasks: (task a).'],
      [2_201, '(deployment ecs-svc/3) deployment completed.'],
    )
    const spans = spansToEnd(events, 5_000 * second)
    assert.deepEqual(spans.started, [119 * second, 100 * second])
    assert.equal(spans.stopped.length, 1)
  })

  test('do not take "deregistered" for a registration', () => {
    const events = eventsOf([10, 'deregistered 1 targets in (target-group arn)'])
    assert.deepEqual(passedSince(events, 0), {})
  })
})

describe('the usual range of time spans', () => {
  test('includes all that are near the median, and some margin on either side', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 600_000 }), { minLength: 1 }), (spans) => {
        const range = usualRange(spans)
        assert.ok(range)
        const middle = spans.toSorted((a, b) => a - b)[Math.floor((spans.length - 1) / 2)] ?? 0
        for (const span of spans) {
          if (span < middle / 2 || span > middle * 2) continue
          assert.ok(range.least <= Math.max(0, span - 500) && range.most >= span + 500)
        }
        assert.ok(range.least >= 0 && range.most <= 4 * middle + 500)
      }),
    )
  })
})
