import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { simulatedService, type WatchResult } from './simulated-service.ts'

const second = 1_000

/** Image pulls differ by a few seconds between revisions: a rollout takes about 130 s. */
const pulls = [52, 47, 55, 50, 58, 49, 53, 51]
const behave = (revision: number) => ({ pullMs: (pulls[revision % pulls.length] ?? 0) * second })
const good = { behave, desiredCount: 1 }

async function afterEarlier(count: number, options: Parameters<typeof simulatedService>[0] = good) {
  const api = await simulatedService(options)
  for (let deployed = 0; deployed < count; deployed += 1) await api.deploy()
  return api
}

function kindOf({ ending }: WatchResult): string {
  return ending?.kind === 'ended' ? ending.verdict.kind : (ending?.kind ?? 'waits')
}

const callsTo = ({ calls }: WatchResult, operation: string) =>
  calls.filter((one) => one.operation === operation).length

/** A tenth of the calls that evenly spaced polls would need to be no later than `lagMs`. */
const tenthOfEvenPolls = ({ tookMs }: WatchResult, lagMs: number) => tookMs / lagMs / 10

describe('watching a rollout to its end', () => {
  for (const earlier of [1, 2, 4, 6]) {
    test(`notices the end within a quarter of a second, with few calls, after ${earlier} earlier ones`, async () => {
      const api = await afterEarlier(earlier)
      for (let more = 0; more < 4; more += 1) {
        const watched = await api.watch()
        assert.equal(kindOf(watched), 'succeeded')
        assert.ok(watched.tookMs > 120 * second, `${watched.tookMs} ms`)
        assert.ok(watched.lagMs <= 300, `${watched.lagMs} ms late`)
        const most = tenthOfEvenPolls(watched, 0.25 * second) + 10
        assert.ok(watched.calls.length <= most, `${watched.calls.length} calls`)
      }
    })
  }

  test('notices the end of the first rollout of a service within a second', async () => {
    const watched = await (await afterEarlier(0)).watch()
    assert.equal(kindOf(watched), 'succeeded')
    assert.ok(watched.lagMs <= second, `${watched.lagMs} ms late`)
    assert.ok(watched.calls.length < 70, `${watched.calls.length} calls`)
  })

  test('reports progress within ten seconds', async () => {
    const api = await afterEarlier(4)
    const { stage } = api
    let runsAt = Infinity
    const watched = await api.watch((ageMs) => {
      if ((stage.primary().runningCount ?? 0) > 0) runsAt = Math.min(runsAt, ageMs)
    })
    const report = watched.reports.find(({ summary }) => summary.includes('still to stop'))
    assert.ok(report)
    assert.ok(report.ageMs - runsAt <= 10 * second, `${report.ageMs - runsAt} ms later`)
    const gaps = watched.reports.map(
      ({ ageMs }, index) => ageMs - (watched.reports[index - 1]?.ageMs ?? 0),
    )
    assert.ok(Math.max(...gaps) <= 10 * second, `silent for ${Math.max(...gaps)} ms`)
  })
})

describe('an unexpected end', () => {
  test('is noticed within ten seconds after a person stops the rollout', async () => {
    for (const at of [5, 31, 68, 99]) {
      const api = await afterEarlier(3)
      const { stage } = api
      const watched = await api.watch((ageMs) => {
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

  test('is noticed within ten seconds if it comes much earlier than before', async () => {
    const slowOnce = (revision: number) => ({ pullMs: revision > 4 ? second : 150 * second })
    const api = await afterEarlier(3, { behave: slowOnce, desiredCount: 1 })
    const watched = await api.watch()
    assert.equal(kindOf(watched), 'succeeded')
    assert.ok(watched.lagMs <= 10 * second, `${watched.lagMs} ms late`)
  })

  test('is noticed soon if it comes much later than before, without constant polling', async () => {
    const slowAtLast = (revision: number) => ({ pullMs: revision > 4 ? 600 * second : second })
    const api = await afterEarlier(3, { behave: slowAtLast, desiredCount: 1 })
    const watched = await api.watch()
    assert.equal(kindOf(watched), 'succeeded')
    assert.ok(watched.lagMs <= second, `${watched.lagMs} ms late`)
    assert.ok(watched.calls.length < 260, `${watched.calls.length} calls`)
  })
})

describe('a rollout that fails', () => {
  test('is noticed as rolled back within a second, and its crashes are reported', async () => {
    const crashes = (revision: number) =>
      revision === 5 ? { exits: { afterMs: 3 * second } } : behave(revision)
    const api = await afterEarlier(3, { behave: crashes, desiredCount: 1 })
    const watched = await api.watch()
    assert.equal(kindOf(watched), 'rolled_back')
    assert.ok(watched.lagMs <= second, `${watched.lagMs} ms late`)
    assert.ok(
      watched.reports.some(({ summary }) => summary.includes('2 tasks have crashed so far')),
    )
    assert.ok(watched.calls.length < 100, `${watched.calls.length} calls`)
  })

  test('takes few calls even if its record shows the rollback later than the service does', async () => {
    const crashes = (revision: number) =>
      revision === 3 ? { exits: { afterMs: 3 * second } } : behave(revision)
    let sinceRollback = Infinity
    const api = await simulatedService(
      { behave: crashes, desiredCount: 1 },
      (operation, answer, { clock, primary }) => {
        if (operation !== 'DescribeServiceDeployments') return answer
        const rollsBack = primary().rolloutStateReason?.includes('rolling back') === true
        if (rollsBack) sinceRollback = Math.min(sinceRollback, clock.now())
        if (clock.now() > sinceRollback + 15 * second) return answer
        const [record] = answer['serviceDeployments'] as object[]
        return { serviceDeployments: [{ ...record, status: 'IN_PROGRESS' }] }
      },
    )
    await api.deploy()
    const watched = await api.watch()
    assert.equal(kindOf(watched), 'rolled_back')
    assert.ok(watched.lagMs <= second, `${watched.lagMs} ms late`)
    // Once for each full observation: on the way, and at the end.
    assert.ok(callsTo(watched, 'ListServiceDeployments') <= 6)
  })

  test('is noticed within a second if ECS does not roll back', async () => {
    const crashes = (revision: number) => (revision === 3 ? { exits: { afterMs: second } } : {})
    const api = await afterEarlier(1, {
      behave: crashes,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
      desiredCount: 1,
    })
    const watched = await api.watch()
    assert.equal(kindOf(watched), 'failed')
    assert.ok(watched.lagMs <= second, `${watched.lagMs} ms late`)
  })
})
