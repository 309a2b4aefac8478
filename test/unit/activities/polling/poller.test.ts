import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/common'
import { defaultShare } from '../../../../activities/polling/limits.ts'
import { manualClock } from '../../../../simulator/clock/index.ts'
import { awsError } from '../fake-aws.ts'
import { accountOf, arnOf, overdraft, throttled, type Account, type Rollout } from './account.ts'
import { lags, percentile, waitForAll } from './waiters.ts'

const second = 1_000

/** Rollouts that start together and end one after the other, 20 to 60 s later. */
function rollouts(count: number, now: number, changes: Partial<Rollout> = {}): Rollout[] {
  return Array.from({ length: count }, (_, index) => {
    const endsAt = now + 20 * second + ((index * 40) / count) * second
    const service = `service-${index}`
    return { cluster: 'main', service, startsAt: now, endsAt, runsAt: endsAt - 8_000, ...changes }
  })
}

function callsBy({ calls }: Account): Record<string, number> {
  return Object.fromEntries(
    Object.entries(Object.groupBy(calls, ({ operation }) => operation)).map(([name, made]) => [
      name,
      made?.length ?? 0,
    ]),
  )
}

describe('a shared poller', () => {
  for (const count of [1, 10]) {
    test(`notices the end of each of ${count} rollouts within a second`, async () => {
      const clock = manualClock()
      const all = rollouts(count, clock.now())
      const { waiters } = waitForAll(clock, accountOf(clock, all), all)
      await clock.advance(70 * second)
      assert.ok((lags(waiters).at(-1) ?? Infinity) <= second)
    })
  }

  test('notices the end of a five-second rollout within a second', async () => {
    const clock = manualClock()
    for (const lasts of [2.1, 3.7, 5, 6.3]) {
      const now = clock.now()
      const endsAt = now + lasts * second
      const all = [{ cluster: 'main', service: 'quick', startsAt: now, endsAt }]
      const { waiters } = waitForAll(clock, accountOf(clock, all), all)
      await clock.advance(10 * second)
      assert.ok((lags(waiters)[0] ?? Infinity) <= second, `${lasts} s: ${lags(waiters)[0]}`)
    }
  })

  test('batches requests, and uses no more of the buckets than its share', async () => {
    const clock = manualClock()
    const all = rollouts(400, clock.now())
    const account = accountOf(clock, all)
    const { waiters } = waitForAll(clock, account, all)
    await clock.advance(80 * second)
    assert.equal(waiters.filter(({ ending }) => ending?.kind === 'ended').length, 400)
    assert.ok(percentile(lags(waiters), 0.95) < 2 * second)
    assert.ok(account.calls.length / 400 < 4, `${account.calls.length} calls`)
    assert.ok(overdraft(account, defaultShare) < 0.001)
    for (const { operation, about } of account.calls) {
      assert.ok(about.length <= (operation === 'DescribeServices' ? 10 : 100))
      if (operation === 'DescribeServiceDeployments') assert.ok(about.length <= 20)
    }
    assert.equal(callsBy(account)['ListServiceDeployments'], undefined)
  })

  test('starves no waiter when there are more than the buckets allow', async () => {
    const clock = manualClock()
    const count = 1_000
    const now = clock.now()
    const all = rollouts(count, now, { endsAt: now + 3_600_000, runsAt: now })
    const account = accountOf(clock, all)
    waitForAll(clock, account, all)
    await clock.advance(15 * second)
    const seen = new Map<string, number[]>()
    for (const { operation, at, about } of account.calls) {
      if (operation !== 'DescribeServiceDeployments') continue
      for (const arn of about) seen.set(arn, [...(seen.get(arn) ?? []), at - now])
    }
    assert.equal(seen.size, count)
    // 16 calls a second with 20 keys each: every rollout once in 3.2 s.
    const gaps = [...seen.values()].flatMap((times) =>
      [...times, 15 * second].map((at, index) => at - (times[index - 1] ?? 0)),
    )
    assert.ok(Math.max(...gaps) < 4 * second, `${Math.max(...gaps)} ms`)
  })

  test('polls an hour-long rollout rarely, and often near its end', async () => {
    const clock = manualClock()
    const now = clock.now()
    const hour = 3_600_000
    const all = [
      {
        cluster: 'main',
        service: 'slow',
        startsAt: now,
        endsAt: now + hour,
        runsAt: now + hour - 5_000,
      },
    ]
    const account = accountOf(clock, all)
    const { waiters } = waitForAll(clock, account, all)
    await clock.advance(hour + 10 * second)
    assert.ok((lags(waiters)[0] ?? Infinity) <= second)
    assert.ok(account.calls.length < 1.6 * (hour / 5_000), `${account.calls.length} calls`)
  })

  test('makes no more calls for cancelled waiters', async () => {
    const clock = manualClock()
    const all = rollouts(60, clock.now())
    const account = accountOf(clock, all)
    const { waiters } = waitForAll(clock, account, all)
    await clock.advance(10 * second)
    for (const waiter of waiters.slice(1)) waiter.cancel()
    const before = account.calls.length
    await clock.advance(10 * second)
    const about = new Set(account.calls.slice(before).flatMap((call) => call.about))
    const [only] = all
    assert.ok(only)
    assert.deepEqual([...about].toSorted(), [arnOf(only), only.service])
    waiters[0]?.cancel()
    await clock.advance(0)
    const last = account.calls.length
    await clock.advance(60 * second)
    assert.equal(account.calls.length, last)
    assert.equal(clock.pending(), 0)
    assert.ok(waiters.every(({ error }) => error instanceof Error && error.message === 'cancelled'))
  })

  test('keeps no timer for cancelled waiters, which would keep the process alive', async () => {
    const clock = manualClock()
    const endsAt = clock.now() + 3_600 * second
    const all = rollouts(5, clock.now(), { endsAt, runsAt: endsAt })
    const { waiters } = waitForAll(clock, accountOf(clock, all), all)
    await clock.advance(60 * second)
    assert.ok(clock.pending() > 0)
    for (const waiter of waiters) waiter.cancel()
    await clock.advance(10)
    assert.equal(clock.pending(), 0)
  })
})

describe('an error in a shared poller', () => {
  test('of one cluster fails only its own waiters', async () => {
    const clock = manualClock()
    const all = [...rollouts(20, clock.now()), ...rollouts(3, clock.now(), { cluster: 'gone' })]
    const account = accountOf(clock, all)
    account.intercept((_operation, { cluster }) => {
      if (cluster === 'gone') throw awsError('ClusterNotFoundException')
    })
    const { waiters } = waitForAll(clock, account, all)
    await clock.advance(70 * second)
    for (const { rollout, ending, error } of waiters) {
      if (rollout.cluster === 'gone') {
        assert.ok(error instanceof ApplicationFailure && error.type === 'PreconditionFailed')
      } else assert.equal(ending?.kind, 'ended')
    }
  })

  test('of one service fails only its own waiter, even in a shared call', async () => {
    const clock = manualClock()
    const all = rollouts(30, clock.now())
    const account = accountOf(clock, all)
    const [, denied] = all
    account.intercept((_operation, { services }) => {
      if (Array.isArray(services) && services.includes(denied?.service)) {
        throw awsError('AccessDeniedException', 'not authorized to perform: ecs:DescribeServices')
      }
    })
    const { waiters } = waitForAll(clock, account, all)
    await clock.advance(70 * second)
    const failed = waiters.filter(({ error }) => error !== undefined)
    assert.deepEqual(
      failed.map(({ rollout }) => rollout.service),
      [denied?.service],
    )
    assert.equal(waiters.filter(({ ending }) => ending?.kind === 'ended').length, 29)
  })

  test('from throttling slows all polls but fails no waiter', async () => {
    const clock = manualClock()
    const all = rollouts(40, clock.now())
    const account = accountOf(clock, all)
    const from = clock.now() + 5 * second
    account.intercept(() => {
      if (clock.now() > from && clock.now() < from + 10 * second) throw throttled()
    })
    const { waiters } = waitForAll(clock, account, all)
    await clock.advance(80 * second)
    const during = account.calls.filter(({ at }) => at > from && at < from + 10 * second)
    assert.ok(during.length < 40, `${during.length} calls while AWS throttled them`)
    assert.equal(waiters.filter(({ ending }) => ending?.kind === 'ended').length, 40)
  })
})

describe('polling the tasks of many services', () => {
  test('lists the whole cluster if that takes fewer calls', async () => {
    const clock = manualClock()
    const endsAt = clock.now() + 20 * second
    const all = rollouts(200, clock.now(), { endsAt, runsAt: endsAt - 5_000 })
    const account = accountOf(clock, all)
    const { waiters } = waitForAll(clock, account, all)
    await clock.advance(40 * second)
    assert.equal(waiters.filter(({ ending }) => ending?.kind === 'ended').length, 200)
    const { ListTasks = 0, DescribeTasks = 0 } = callsBy(account)
    assert.ok(ListTasks + DescribeTasks < 100, `${ListTasks} + ${DescribeTasks}`)
  })

  test('lists service by service if the cluster runs many other tasks', async () => {
    const clock = manualClock()
    const endsAt = clock.now() + 20 * second
    const all = rollouts(10, clock.now(), { endsAt, runsAt: endsAt - 5_000 })
    const account = accountOf(clock, all, { otherTasks: 50_000 })
    const { waiters } = waitForAll(clock, account, all)
    await clock.advance(40 * second)
    assert.equal(waiters.filter(({ ending }) => ending?.kind === 'ended').length, 10)
    const { ListTasks = 0 } = callsBy(account)
    assert.ok(ListTasks <= 30, `${ListTasks} calls`)
  })
})
