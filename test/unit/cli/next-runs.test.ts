import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { nextRunLines } from '../../../cli/display/next-runs.ts'
import type { Schedule } from '../../../client/schedules/schedules.ts'
import { cachedSchedules } from '../../../cli/cached-schedules.ts'

const nightly: Schedule = {
  environment: 'production',
  name: 'nightly',
  what: { kind: 'redeploy' },
  when: 'cron 0 3 * * * (UTC)',
  requestedBy: 'ann@laptop',
  queue: 'slipway',
  paused: false,
  nextRuns: ['2026-03-01T03:00:00.000Z', '2026-03-02T03:00:00.000Z'],
  lastRuns: [],
  skipped: 0,
  missed: 0,
}
const weekly: Schedule = {
  ...nightly,
  name: 'weekly',
  what: { kind: 'deploy', branch: 'main' },
  nextRuns: ['2026-03-01T04:00:00.000Z'],
}

const linesOf = (schedules: readonly Schedule[], now: string) =>
  nextRunLines('production', { kind: 'listed', schedules }, Date.parse(now)).join('\n').split('\n')

describe('the schedules in a status', () => {
  test('start with the next run, and leave out runs that have passed', () => {
    const [title, ...early] = linesOf([weekly, nightly], '2026-03-01T02:00:00Z')
    assert.equal(title, 'Scheduled:')
    assert.match(early[0] ?? '', /^ {2}nightly {2}2026-03-01 03:00 UTC {2}redeploy of what is live/)
    assert.match(early[1] ?? '', /^ {2}weekly .*04:00 UTC {2}rebuild and deploy of main/)
    const later = linesOf([weekly, nightly], '2026-03-01T03:00:00Z')
    assert.match(later[1] ?? '', /^ {2}weekly/)
    assert.match(later[2] ?? '', /^ {2}nightly +2026-03-02 03:00 UTC/)
  })

  test('end with the paused ones, with the reason, although these have next times', () => {
    const paused = { ...nightly, paused: true, note: 'incident\u001b[2J 42 (by ann)' }
    const lines = linesOf([paused, weekly], '2026-03-01T02:00:00Z')
    assert.match(lines[1] ?? '', /weekly/)
    assert.match(lines[2] ?? '', /nightly {2}paused .* {2}paused: incident 42 \(by ann\)$/)
  })

  test('take no line if there are none, and refer to the list if there are many', () => {
    assert.deepEqual(nextRunLines('production', { kind: 'listed', schedules: [] }, 0), [])
    const many = Array.from({ length: 7 }, (_, index) => ({ ...nightly, name: `n${index}` }))
    const lines = linesOf(many, '2026-03-01T02:00:00Z')
    assert.equal(lines.length, 1 + 5 + 1)
    assert.equal(lines.at(-1), '  and 2 more: slipway schedule list production')
  })

  test('are listed once a minute, and a failure to list them does not fail the status', async () => {
    let now = 0
    let listings = 0
    const cached = cachedSchedules(
      async () => {
        listings += 1
        if (listings === 2) throw new Error('no permission')
        return [nightly]
      },
      () => now,
    )
    for (; now < 60_000; now += 2_000) assert.equal((await cached()).kind, 'listed')
    assert.equal(listings, 1)
    const unavailable = await cached()
    assert.deepEqual(unavailable, { kind: 'unavailable', reason: 'no permission' })
    assert.match(nextRunLines('production', unavailable, 0)[0] ?? '', /unknown\. no permission/)
    now += 60_000
    assert.equal((await cached()).kind, 'listed')
  })
})
