import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDisposer } from '../../../stack/disposer.ts'

test('parts are stopped in the reverse order of their start, past one that fails', async () => {
  const stopped: string[] = []
  const reports: string[] = []
  const disposer = createDisposer((line) => reports.push(line))
  disposer.add('first', async () => stopped.push('first'))
  disposer.add('second', async () => {
    throw new Error('stuck')
  })
  disposer.add('third', async () => stopped.push('third'))
  await disposer.dispose()
  assert.deepEqual(stopped, ['third', 'first'])
  assert.deepEqual(reports, ['second did not stop: stuck'])
})

test('disposing twice stops each part once, and both callers wait for the end', async () => {
  const gate = Promise.withResolvers<void>()
  let stops = 0
  const disposer = createDisposer(() => {})
  disposer.add('slow', async () => {
    stops += 1
    await gate.promise
  })
  const both = [disposer.dispose(), disposer.dispose()]
  gate.resolve()
  await Promise.all(both)
  assert.equal(stops, 1)
})
