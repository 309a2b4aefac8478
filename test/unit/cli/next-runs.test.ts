import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { upcomingLines } from '../../../cli/display/next-runs.ts'
import type { Schedule } from '../../../client/schedules/schedules.ts'
import { upcomingOf } from '../../../cli/cached-schedules.ts'

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

const at = (moment: string) => Date.parse(moment)
const linesOf = (schedules: readonly Schedule[], moment: string) =>
  upcomingLines('production', { kind: 'known', schedules }, at(moment)).join('\n').split('\n')

describe('what a status tells of schedules', () => {
  test('the next run first, of which schedule and what it does; a run that is over is not next', () => {
    const [title, ...early] = linesOf([weekly, nightly], '2026-03-01T02:00:00Z')
    assert.equal(title, 'Scheduled:')
    assert.match(early[0] ?? '', /^ {2}nightly {2}2026-03-01 03:00 UTC {2}redeploy of what is live/)
    assert.match(early[1] ?? '', /^ {2}weekly .*04:00 UTC {2}rebuild and deploy of main/)
    const later = linesOf([weekly, nightly], '2026-03-01T03:00:00Z')
    assert.match(later[1] ?? '', /^ {2}weekly/)
    assert.match(later[2] ?? '', /^ {2}nightly +2026-03-02 03:00 UTC/)
  })

  test('one that is paused stands last, and says so and why, though it has next times', () => {
    const paused = { ...nightly, paused: true, note: 'incident\u001b[2J 42 (by ann)' }
    const lines = linesOf([paused, weekly], '2026-03-01T02:00:00Z')
    assert.match(lines[1] ?? '', /weekly/)
    assert.match(lines[2] ?? '', /nightly {2}paused .* {2}paused: incident 42 \(by ann\)$/)
  })

  test('nothing where there are none, the way to the others where there are many', () => {
    assert.deepEqual(upcomingLines('production', { kind: 'known', schedules: [] }, 0), [])
    const many = Array.from({ length: 7 }, (_, index) => ({ ...nightly, name: `n${index}` }))
    const lines = linesOf(many, '2026-03-01T02:00:00Z')
    assert.equal(lines.length, 1 + 5 + 1)
    assert.equal(lines.at(-1), '  and 2 more: slipway schedule list production')
  })

  test('they are asked for once a minute, and failing to list them fails nothing', async () => {
    let now = 0
    let asked = 0
    const upcoming = upcomingOf(
      async () => {
        asked += 1
        if (asked === 2) throw new Error('no permission')
        return [nightly]
      },
      () => now,
    )
    for (; now < 60_000; now += 2_000) assert.equal((await upcoming()).kind, 'known')
    assert.equal(asked, 1)
    const unknown = await upcoming()
    assert.deepEqual(unknown, { kind: 'unknown', reason: 'no permission' })
    assert.match(upcomingLines('production', unknown, 0)[0] ?? '', /not known\. no permission/)
    now += 60_000
    assert.equal((await upcoming()).kind, 'known')
  })
})
