import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freezeText, activeFreeze } from '../../../config/active-freeze.ts'
import type { FreezeWindow } from '../../../contract/environment-spec.ts'

const friday: FreezeWindow = {
  kind: 'weekly',
  timeZone: 'Europe/Berlin',
  days: [5],
  from: 16 * 60,
  to: 16 * 60,
}
const holidays: FreezeWindow = {
  kind: 'dates',
  timeZone: 'America/New_York',
  from: '2026-12-23',
  to: '2026-12-26',
  reason: 'holidays',
}
const at = (text: string) => Date.parse(text)

test('weekly hours apply in their own time zone, summer and winter', () => {
  const office: FreezeWindow = { ...friday, to: 18 * 60 }
  assert.equal(activeFreeze([office], at('2026-07-03T14:00:00Z')), office)
  assert.equal(activeFreeze([office], at('2026-07-03T13:59:00Z')), undefined)
  assert.equal(activeFreeze([office], at('2026-11-27T15:00:00Z')), office)
  assert.equal(activeFreeze([office], at('2026-11-27T14:59:00Z')), undefined)
  assert.equal(activeFreeze([office], at('2026-11-27T17:00:00Z')), undefined)
})

test('a window that ends at or before it begins continues into the next day', () => {
  assert.equal(activeFreeze([friday], at('2026-11-28T14:59:00Z')), friday)
  assert.equal(activeFreeze([friday], at('2026-11-28T15:00:00Z')), undefined)
})

test('on the day that skips an hour, a window is active for the rest of it', () => {
  // Berlin goes from 02:00 to 03:00 at 01:00 UTC.
  const night: FreezeWindow = { ...friday, days: [0], from: 2 * 60 + 30, to: 3 * 60 + 30 }
  assert.equal(activeFreeze([night], at('2026-03-29T00:59:00Z')), undefined)
  assert.equal(activeFreeze([night], at('2026-03-29T01:00:00Z')), night)
  assert.equal(activeFreeze([night], at('2026-03-29T01:29:00Z')), night)
  assert.equal(activeFreeze([night], at('2026-03-29T01:30:00Z')), undefined)
})

test('on the day that repeats an hour, a window is active both times', () => {
  // Berlin goes from 03:00 back to 02:00 at 01:00 UTC.
  const night: FreezeWindow = { ...friday, days: [0], from: 2 * 60, to: 3 * 60 }
  assert.equal(activeFreeze([night], at('2026-10-24T23:59:00Z')), undefined)
  assert.equal(activeFreeze([night], at('2026-10-25T00:00:00Z')), night)
  assert.equal(activeFreeze([night], at('2026-10-25T01:00:00Z')), night)
  assert.equal(activeFreeze([night], at('2026-10-25T01:59:00Z')), night)
  assert.equal(activeFreeze([night], at('2026-10-25T02:00:00Z')), undefined)
})

test('a window across a change of the clock ends by the local clock, not after a number of hours', () => {
  const weekend: FreezeWindow = { ...friday, days: [6] }
  assert.equal(activeFreeze([weekend], at('2026-03-28T15:00:00Z')), weekend)
  assert.equal(activeFreeze([weekend], at('2026-03-29T13:59:00Z')), weekend)
  assert.equal(activeFreeze([weekend], at('2026-03-29T14:00:00Z')), undefined)
})

test('a day that begins at one in the morning is frozen from then on', () => {
  // Havana goes from 00:00 to 01:00 at 05:00 UTC.
  const day: FreezeWindow = {
    ...holidays,
    timeZone: 'America/Havana',
    from: '2026-03-08',
    to: '2026-03-08',
  }
  assert.equal(activeFreeze([day], at('2026-03-08T04:59:00Z')), undefined)
  assert.equal(activeFreeze([day], at('2026-03-08T05:00:00Z')), day)
  assert.equal(activeFreeze([day], at('2026-03-09T03:59:00Z')), day)
  assert.equal(activeFreeze([day], at('2026-03-09T04:00:00Z')), undefined)
})

test('dates apply from the start of the first day to the end of the last', () => {
  assert.equal(activeFreeze([holidays], at('2026-12-23T05:00:00Z')), holidays)
  assert.equal(activeFreeze([holidays], at('2026-12-23T04:59:00Z')), undefined)
  assert.equal(activeFreeze([holidays], at('2026-12-27T04:59:00Z')), holidays)
  assert.equal(activeFreeze([holidays], at('2026-12-27T05:00:00Z')), undefined)
})

test('a window is shown as its owner wrote it', () => {
  assert.equal(freezeText(friday), 'fri 16:00–16:00 Europe/Berlin')
  assert.equal(freezeText(holidays), '2026-12-23 to 2026-12-26 America/New_York (holidays)')
})
