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

/** Waits for credentials while `DescribeServices` fails with `answerAt`, if at all. */
function waiting(answerAt: (ms: number) => Error | undefined, shutdown?: AbortSignal) {
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
  const ended = inActivity(() => awaitCredentials(aws.clients, input, shutdown, clock)).then(
    (renewed) => ({ renewed, tookMs: clock.now() - began }),
  )
  ended.catch(() => {})
  return { clock, aws, ended }
}

const expired = () => awsError('ExpiredTokenException', 'The security token is expired')

describe('waiting for credentials', () => {
  test('ends soon after they are renewed, and polls less and less often until then', async () => {
    const { clock, aws, ended } = waiting((ms) => (ms < 4 * minute ? expired() : undefined))
    await clock.advance(10 * minute)
    const { renewed, tookMs } = await ended
    assert.equal(renewed, true)
    assert.ok(tookMs >= 4 * minute && tookMs <= 4.5 * minute, `${tookMs} ms`)
    assert.ok(aws.calls.length < 12, `${aws.calls.length} calls`)
  })

  test('pauses before it polls, so that a call that AWS keeps rejecting is made rarely', async () => {
    const { clock, ended } = waiting(() => undefined)
    await clock.advance(10 * minute)
    assert.deepEqual(await ended, { renewed: true, tookMs: 5_000 })
  })

  test('takes a session, role or profile without credentials for one that may be renewed', async () => {
    for (const name of ['CredentialsProviderError', 'TokenProviderError', 'InvalidClientTokenId']) {
      const { clock, ended } = waiting((ms) => (ms < minute ? awsError(name) : undefined))
      await clock.advance(10 * minute)
      const { renewed, tookMs } = await ended
      assert.equal(renewed, true, name)
      assert.ok(tookMs >= minute, name)
    }
  })

  test('returns false after a last poll at the deadline', async () => {
    const { clock, ended } = waiting(expired)
    await clock.advance(20 * minute)
    assert.deepEqual(await ended, { renewed: false, tookMs: 10 * minute })
  })

  test('continues while AWS has server errors', async () => {
    const { clock, ended } = waiting((ms) =>
      ms < minute ? awsError('ServerException') : undefined,
    )
    await clock.advance(10 * minute)
    assert.ok((await ended).tookMs >= minute)
  })

  test('ends if AWS knows the worker and denies it the poll', async () => {
    const { clock, ended } = waiting(() => awsError('AccessDeniedException'))
    await clock.advance(10 * minute)
    assert.equal((await ended).renewed, true)
  })

  test('is handed to the next worker at once when its worker shuts down', async () => {
    const shutdown = new AbortController()
    const { clock, ended } = waiting(expired, shutdown.signal)
    await clock.advance(minute)
    shutdown.abort(workerShutdown())
    await assert.rejects(ended, failsAs('WorkerShutdown'))
    assert.equal(clock.pending(), 0)
  })
})
