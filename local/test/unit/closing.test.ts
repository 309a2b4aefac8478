import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClosing } from '../../stack/disposer.ts'

test('parts are stopped in the reverse order of their start, past one that fails', async () => {
  const stopped: string[] = []
  const reports: string[] = []
  const closing = createClosing((line) => reports.push(line))
  closing.add('first', async () => stopped.push('first'))
  closing.add('second', async () => {
    throw new Error('stuck')
  })
  closing.add('third', async () => stopped.push('third'))
  await closing.close()
  assert.deepEqual(stopped, ['third', 'first'])
  assert.deepEqual(reports, ['second did not stop: stuck'])
})

test('closing twice stops each part once, and both callers wait for the end', async () => {
  const gate = Promise.withResolvers<void>()
  let stops = 0
  const closing = createClosing(() => {})
  closing.add('slow', async () => {
    stops += 1
    await gate.promise
  })
  const both = [closing.close(), closing.close()]
  gate.resolve()
  await Promise.all(both)
  assert.equal(stops, 1)
})
