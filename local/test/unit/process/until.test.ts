import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../../process/until.ts'

test('a question is asked until the answer is yes, and one that throws counts as no', async () => {
  const answers = [new Error('refused'), false, true]
  await until(
    async () => {
      const answer = answers.shift() ?? true
      if (answer instanceof Error) throw answer
      return answer
    },
    { what: 'yes', timeoutMs: 5_000 },
  )
  assert.deepEqual(answers, [])
})

test('waiting in vain fails with what was waited for, and with the last error as its cause', async () => {
  const refused = new Error('refused')
  const waiting = until(() => Promise.reject(refused), { what: 'an answer', timeoutMs: 1 })
  await assert.rejects(waiting, { message: /in vain for an answer/, cause: refused })
})

test('waiting ends at once when there is nothing to wait for any more', async () => {
  const failed = Promise.reject(new Error('it died'))
  const waiting = until(() => new Promise<boolean>(() => {}), {
    what: 'an answer',
    timeoutMs: 60_000,
    failed,
  })
  await assert.rejects(waiting, /it died/)
})
