import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { expectedEnd, type TimingEvidence } from '../../../../rollout/expected-end.ts'
import { deploymentWith, observationWith, recordWith } from '../observations.ts'

const begin = 5_000_000
const events = (...happened: readonly (readonly [at: number, message: string])[]) =>
  happened.map(([at, message]) => ({ createdAt: new Date(at), message })).toReversed()

/** An earlier deployment: 90 s from the start of its task to the end, and so on. */
const earlier = [
  [1_000_000, 'has started 1 tasks: (task a).'],
  [1_030_000, 'registered 1 targets in (target-group arn)'],
  [1_050_000, 'has stopped 1 running tasks: (task b).'],
  [1_070_000, 'has begun draining connections on 1 tasks.'],
  [1_090_000, '(deployment ecs-svc/1) deployment completed.'],
] as const

interface Given {
  readonly mine?: object
  readonly others?: readonly object[]
  readonly happened?: readonly (readonly [at: number, message: string])[]
  readonly evidence?: Partial<TimingEvidence>
}

function end({ mine, others = [], happened = earlier, evidence }: Given = {}) {
  const current = { rolloutState: 'IN_PROGRESS', createdAt: new Date(begin), ...mine }
  const deployments = [current, ...others].map((one) => deploymentWith(one))
  const { service } = observationWith({ service: { deployments, events: events(...happened) } })
  return expectedEnd({
    service,
    record: undefined,
    seenAt: begin + 1_000,
    earlierMs: [],
    ...evidence,
  })
}

/** A single span has a margin of 15 %. */
const around = (at: number, span: number) => ({
  earliest: at + span * 0.85,
  latest: at + span * 1.15,
})

const old = { id: 'ecs-svc/1', status: 'ACTIVE', runningCount: 1 }

const endFrom = (createdAt: number) =>
  end({ evidence: { earlierMs: [100_000], record: { ...recordWith(), createdAt } } })

describe('the expected end', () => {
  test('counts from the beginning while no milestone was passed, if it knows how long that takes', () => {
    const evidence = { earlierMs: [100_000] }
    assert.deepEqual(end({ evidence }), around(begin, 100_000))
    assert.deepEqual(end({ happened: [], evidence }), around(begin, 100_000))
    assert.equal(end(), undefined)
    const later = [[begin + 1, 'registered 1 targets in x']] as const
    assert.deepEqual(end({ happened: later, evidence }), around(begin, 100_000))
  })

  test('counts from the beginning of a rollback only if the record began with it', () => {
    assert.deepEqual(endFrom(begin - 2_000), around(begin, 100_000))
    assert.equal(endFrom(begin - 2_001), undefined)
  })

  test('counts from the last milestone passed by all tasks', () => {
    const happened = [...earlier, [begin + 10_000, 'has started 1 tasks: (task c).']] as const
    assert.deepEqual(end({ happened }), around(begin + 10_000, 90_000))
    const seenAt = begin + 40_000
    const ahead = end({
      happened,
      mine: { runningCount: 0, pendingCount: 1 },
      evidence: { seenAt },
    })
    assert.deepEqual(ahead, {
      earliest: Math.max(seenAt + 60_000 * 0.85, begin + 10_000 + 90_000 * 0.85),
      latest: Math.max(seenAt + 60_000 * 1.15, begin + 10_000 + 90_000 * 1.15),
    })
  })

  test('waits for the start of tasks that are neither running nor pending', () => {
    const seenAt = begin + 40_000
    const mine = { desiredCount: 2, runningCount: 0, pendingCount: 1 }
    assert.deepEqual(end({ mine, evidence: { seenAt } }), around(seenAt, 90_000))
    const pending = { desiredCount: 2, runningCount: 1, pendingCount: 1 }
    assert.deepEqual(end({ mine: pending, evidence: { seenAt } }), around(seenAt, 60_000))
    const more = { desiredCount: 1, runningCount: 1, pendingCount: 1 }
    assert.deepEqual(end({ mine: more, evidence: { seenAt } }), around(seenAt, 60_000))
    const fewer = { desiredCount: 2, runningCount: 1, pendingCount: 0 }
    assert.deepEqual(end({ mine: fewer, evidence: { seenAt } }), around(seenAt, 90_000))
  })

  test('waits for tasks to register where nothing is known of their start', () => {
    const happened = earlier.filter(([, message]) => !message.includes('started'))
    const seenAt = begin + 40_000
    const mine = { desiredCount: 2, runningCount: 1, pendingCount: 0 }
    assert.deepEqual(end({ happened, mine, evidence: { seenAt } }), around(seenAt, 60_000))
  })

  test('waits for other tasks to stop and drain', () => {
    const seenAt = begin + 40_000
    const stops = around(seenAt, 40_000)
    assert.deepEqual(end({ others: [old], evidence: { seenAt } }), stops)
    const pending = { ...old, runningCount: 0, pendingCount: 1 }
    assert.deepEqual(end({ others: [pending], evidence: { seenAt } }), stops)
    const both = { ...old, runningCount: 1, pendingCount: 1 }
    assert.deepEqual(end({ others: [both], evidence: { seenAt } }), stops)
    assert.equal(end({ others: [{ ...old, runningCount: 0 }], evidence: { seenAt } }), undefined)
    const drained = earlier.filter(([, message]) => !message.includes('stopped'))
    const happened = [...drained, [begin + 5_000, 'has begun draining connections']] as const
    assert.deepEqual(end({ happened, others: [old], evidence: { seenAt } }), around(seenAt, 20_000))
  })

  test('is unknown unless a PRIMARY is in progress', () => {
    const evidence = { earlierMs: [100_000] }
    assert.equal(end({ mine: { rolloutState: 'COMPLETED' }, evidence }), undefined)
    assert.equal(end({ mine: { status: 'ACTIVE' }, evidence }), undefined)
  })
})
