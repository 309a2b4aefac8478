import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { watchingOf, type Watched } from './simulated-account.ts'

const second = 1_000

/** Pulls differ by some seconds from one revision to the next: a rollout takes some 130 s. */
const pulls = [52, 47, 55, 50, 58, 49, 53, 51]
const behave = (revision: number) => ({ pullMs: (pulls[revision % pulls.length] ?? 0) * second })
const good = { behave, desiredCount: 1 }

async function afterEarlierOnes(count: number, options: Parameters<typeof watchingOf>[0] = good) {
  const watching = await watchingOf(options)
  for (let made = 0; made < count; made += 1) await watching.deploy()
  return watching
}

function kindOf({ ending }: Watched): string {
  return ending?.kind === 'ended' ? ending.verdict.kind : (ending?.kind ?? 'waits')
}

const callsTo = ({ calls }: Watched, operation: string) =>
  calls.filter((one) => one.operation === operation).length

/** A tenth of what a waiter would need that looks so often that it is never later than this. */
const tenthOfEvenLooks = ({ tookMs }: Watched, lagMs: number) => tookMs / lagMs / 10

describe('a rollout as ECS makes them, watched to its end', () => {
  for (const earlier of [1, 2, 4, 6]) {
    test(`is known to have ended within a quarter of a second, after ${earlier} others, for few calls`, async () => {
      const watching = await afterEarlierOnes(earlier)
      for (let more = 0; more < 4; more += 1) {
        const watched = await watching.watch()
        assert.equal(kindOf(watched), 'succeeded')
        assert.ok(watched.tookMs > 120 * second, `${watched.tookMs} ms`)
        assert.ok(watched.lagMs <= 300, `${watched.lagMs} ms late`)
        const most = tenthOfEvenLooks(watched, 0.25 * second) + 10
        assert.ok(watched.calls.length <= most, `${watched.calls.length} calls`)
      }
    })
  }

  test('is known to have ended within a second if it is the first of its service', async () => {
    const watched = await (await afterEarlierOnes(0)).watch()
    assert.equal(kindOf(watched), 'succeeded')
    assert.ok(watched.lagMs <= second, `${watched.lagMs} ms late`)
    assert.ok(watched.calls.length < 70, `${watched.calls.length} calls`)
  })

  test('is told of on its way within ten seconds', async () => {
    const watching = await afterEarlierOnes(4)
    const { stage } = watching
    let runsAt = Infinity
    const watched = await watching.watch((ageMs) => {
      if ((stage.primary().runningCount ?? 0) > 0) runsAt = Math.min(runsAt, ageMs)
    })
    const told = watched.said.find(({ summary }) => summary.includes('still to stop'))
    assert.ok(told)
    assert.ok(told.ageMs - runsAt <= 10 * second, `${told.ageMs - runsAt} ms later`)
    const gaps = watched.said.map(
      ({ ageMs }, index) => ageMs - (watched.said[index - 1]?.ageMs ?? 0),
    )
    assert.ok(Math.max(...gaps) <= 10 * second, `silent for ${Math.max(...gaps)} ms`)
  })
})

describe('an end that nobody expected', () => {
  test('is known within ten seconds of a person stopping the rollout', async () => {
    for (const at of [5, 31, 68, 99]) {
      const watching = await afterEarlierOnes(3)
      const { stage } = watching
      const watched = await watching.watch((ageMs) => {
        if (ageMs !== at * second) return
        const [record] = stage.serviceDeployments()
        stage.call('StopServiceDeployment', {
          serviceDeploymentArn: record?.serviceDeploymentArn,
          stopType: 'ABORT',
        })
      })
      assert.equal(kindOf(watched), 'failed')
      assert.ok(watched.lagMs <= 10 * second, `${watched.lagMs} ms late`)
    }
  })

  test('is known within ten seconds if it comes much earlier than before', async () => {
    const slowOnce = (revision: number) => ({ pullMs: revision > 4 ? second : 150 * second })
    const watching = await afterEarlierOnes(3, { behave: slowOnce, desiredCount: 1 })
    const watched = await watching.watch()
    assert.equal(kindOf(watched), 'succeeded')
    assert.ok(watched.lagMs <= 10 * second, `${watched.lagMs} ms late`)
  })

  test('is known soon if it comes much later than before, without looking all the time', async () => {
    const slowAtLast = (revision: number) => ({ pullMs: revision > 4 ? 600 * second : second })
    const watching = await afterEarlierOnes(3, { behave: slowAtLast, desiredCount: 1 })
    const watched = await watching.watch()
    assert.equal(kindOf(watched), 'succeeded')
    assert.ok(watched.lagMs <= second, `${watched.lagMs} ms late`)
    assert.ok(watched.calls.length < 260, `${watched.calls.length} calls`)
  })
})

describe('a rollout that fails', () => {
  test('is known to be rolled back within a second, and its crashes are told of', async () => {
    const crashes = (revision: number) =>
      revision === 5 ? { exits: { afterMs: 3 * second } } : behave(revision)
    const watching = await afterEarlierOnes(3, { behave: crashes, desiredCount: 1 })
    const watched = await watching.watch()
    assert.equal(kindOf(watched), 'rolled_back')
    assert.ok(watched.lagMs <= second, `${watched.lagMs} ms late`)
    assert.ok(watched.said.some(({ summary }) => summary.includes('2 tasks have crashed so far')))
    assert.ok(watched.calls.length < 100, `${watched.calls.length} calls`)
  })

  test('is watched for few calls though its record tells of the rollback later than the service', async () => {
    const crashes = (revision: number) =>
      revision === 3 ? { exits: { afterMs: 3 * second } } : behave(revision)
    let sinceRollback = Infinity
    const watching = await watchingOf(
      { behave: crashes, desiredCount: 1 },
      (operation, answer, { clock, primary }) => {
        if (operation !== 'DescribeServiceDeployments') return answer
        const goesBack = primary().rolloutStateReason?.includes('rolling back') === true
        if (goesBack) sinceRollback = Math.min(sinceRollback, clock.now())
        if (clock.now() > sinceRollback + 15 * second) return answer
        const [record] = answer['serviceDeployments'] as object[]
        return { serviceDeployments: [{ ...record, status: 'IN_PROGRESS' }] }
      },
    )
    await watching.deploy()
    const watched = await watching.watch()
    assert.equal(kindOf(watched), 'rolled_back')
    assert.ok(watched.lagMs <= second, `${watched.lagMs} ms late`)
    // Once for each look at everything: in the meantime, and at the end.
    assert.ok(callsTo(watched, 'ListServiceDeployments') <= 6)
  })

  test('is known within a second where ECS does not roll back', async () => {
    const crashes = (revision: number) => (revision === 3 ? { exits: { afterMs: second } } : {})
    const watching = await afterEarlierOnes(1, {
      behave: crashes,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
      desiredCount: 1,
    })
    const watched = await watching.watch()
    assert.equal(kindOf(watched), 'failed')
    assert.ok(watched.lagMs <= second, `${watched.lagMs} ms late`)
  })
})
