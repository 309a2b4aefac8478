import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { awaitCredentials } from '../../../../activities/deploy/await-credentials.ts'
import { workerShutdown } from '../../../../activities/index.ts'
import { manualClock } from '../../../../simulator/clock/index.ts'
import { answersOf, service } from '../ecs-answers.ts'
import { awsError, fakeAws } from '../fake-aws.ts'
import { failsAs, inActivity } from '../in-activity.ts'
import { specWith } from '../../environment-specs.ts'

const minute = 60_000

/** Waits for credentials on an AWS that answers `DescribeServices` so; gives how it ended, and when. */
function waiting(answerAt: (ms: number) => Error | undefined, leaving?: AbortSignal) {
  const clock = manualClock()
  const began = clock.now()
  const aws = fakeAws({
    DescribeServices: (input) => {
      const error = answerAt(clock.now() - began)
      if (error !== undefined) throw error
      return answersOf({ service: service({}), tasks: [] })['DescribeServices']?.(input)
    },
  })
  const input = { spec: specWith(), deadline: began + 10 * minute }
  const ended = inActivity(() => awaitCredentials(aws.clients, input, leaving, clock)).then(
    (renewed) => ({ renewed, tookMs: clock.now() - began }),
  )
  ended.catch(() => {})
  return { clock, aws, ended }
}

const expired = () => awsError('ExpiredTokenException', 'The security token is expired')

describe('waiting for credentials', () => {
  test('ends soon after they are renewed, and asks ever more seldom until then', async () => {
    const { clock, aws, ended } = waiting((ms) => (ms < 4 * minute ? expired() : undefined))
    await clock.advance(10 * minute)
    const { renewed, tookMs } = await ended
    assert.equal(renewed, true)
    assert.ok(tookMs >= 4 * minute && tookMs <= 4.5 * minute, `${tookMs} ms`)
    assert.ok(aws.calls.length < 12, `${aws.calls.length} calls`)
  })

  test('rests before it asks, so that a call that is refused again and again is made seldom', async () => {
    const { clock, ended } = waiting(() => undefined)
    await clock.advance(10 * minute)
    assert.deepEqual(await ended, { renewed: true, tookMs: 5_000 })
  })

  test('takes a session, a role or a profile that gives nothing for what may be renewed', async () => {
    for (const name of ['CredentialsProviderError', 'TokenProviderError', 'InvalidClientTokenId']) {
      const { clock, ended } = waiting((ms) => (ms < minute ? awsError(name) : undefined))
      await clock.advance(10 * minute)
      const { renewed, tookMs } = await ended
      assert.equal(renewed, true, name)
      assert.ok(tookMs >= minute, name)
    }
  })

  test('says no after a last look at the deadline', async () => {
    const { clock, ended } = waiting(expired)
    await clock.advance(20 * minute)
    assert.deepEqual(await ended, { renewed: false, tookMs: 10 * minute })
  })

  test('tells nothing from an AWS that does not answer', async () => {
    const { clock, ended } = waiting((ms) =>
      ms < minute ? awsError('ServerException') : undefined,
    )
    await clock.advance(10 * minute)
    assert.ok((await ended).tookMs >= minute)
  })

  test('is over where AWS knows the worker and denies it the look', async () => {
    const { clock, ended } = waiting(() => awsError('AccessDeniedException'))
    await clock.advance(10 * minute)
    assert.equal((await ended).renewed, true)
  })

  test('is handed on at once by a worker that is asked to stop', async () => {
    const leaving = new AbortController()
    const { clock, ended } = waiting(expired, leaving.signal)
    await clock.advance(minute)
    leaving.abort(workerShutdown())
    await assert.rejects(ended, failsAs('WorkerShutdown'))
    assert.equal(clock.pending(), 0)
  })
})
