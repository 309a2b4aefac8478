import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '../../clock/index.ts'

test('timers run in the order of their time, then of their creation, each at its own time', async () => {
  const clock = manualClock(1000)
  const ran: [string, number][] = []
  const note = (name: string) => (): void => void ran.push([name, clock.now()])
  clock.after(20, note('late'))
  clock.after(10, note('first'))
  clock.after(10, note('second'))
  clock.after(30, note('too late'))
  await clock.advance(25)
  assert.deepEqual(ran, [
    ['first', 1010],
    ['second', 1010],
    ['late', 1020],
  ])
  assert.deepEqual([clock.now(), clock.pending()], [1025, 1])
})

test('a cancelled timer does not run', async () => {
  const clock = manualClock()
  let ran = false
  const forget = clock.after(10, () => (ran = true))
  forget()
  await clock.advance(100)
  assert.equal(ran, false)
})

test('timers that are created by timers and microtasks run within the same advance', async () => {
  const clock = manualClock(0)
  const ran: number[] = []
  const again = (): void => {
    ran.push(clock.now())
    queueMicrotask(() => {
      queueMicrotask(() => {
        clock.after(10, again)
      })
    })
  }
  clock.after(10, again)
  await clock.advance(35)
  assert.deepEqual(ran, [10, 20, 30])
})

test('advancing until a condition stops at the time at which it becomes true', async () => {
  const clock = manualClock(0)
  let open = false
  clock.after(40, () => (open = true))
  assert.equal(await clock.advanceUntil(() => open, 100), true)
  assert.equal(clock.now(), 40)
  assert.equal(await clock.advanceUntil(() => !open, 100), false)
  assert.equal(clock.now(), 140)
})
