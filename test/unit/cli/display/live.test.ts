import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { openDisplay } from '../../../../cli/display/display.ts'
import { frame } from '../../../../cli/display/steps.ts'
import type { Step } from '../../../../contract/releases.ts'
import { building, built, pendingWait, progress, waiting } from './progress-events.ts'
import { screen } from './recorded-screen.ts'

describe('the live table', () => {
  const options = { now: 30_000, spinner: '⠋', columns: 60, rows: 10, trouble: new Map() }

  test('shows how long each step took, and what a waiting step observes', () => {
    const rows = frame(progress([built, waiting], { pending: [pendingWait] }), options)
    assert.deepEqual(rows.map(stripVTControlCharacters), [
      '✔ build api       12.3 s  in the engine',
      '⠋ wait api        10.0 s  1 of 2 tasks running',
    ])
  })

  test('never grows wider or higher than the terminal', () => {
    const long: Step = { ...built, note: 'x'.repeat(500) }
    const rows = frame(
      progress(
        Array.from({ length: 40 }, () => long),
        { warnings: ['y'.repeat(500)] },
      ),
      options,
    )
    assert.equal(rows.length, 10)
    for (const row of rows) assert.ok(stripVTControlCharacters(row).length <= 60, row)
    assert.match(rows.at(-1) ?? '', /^! y+…$/)
  })

  test('is redrawn in place on a terminal, and shows the cursor again at the end', () => {
    const { written, screen: terminal } = screen(true)
    const display = openDisplay({ json: false }, terminal, {})
    display.show(progress([building]))
    display.show(progress([built]))
    display.close()
    const text = written.join('')
    assert.ok(text.includes('\u001b[1A'), 'moves up by one line')
    assert.ok(text.endsWith('\u001b[?25h'))
  })

  test('is replaced by appended lines in CI and without a terminal', () => {
    for (const [isTTY, environment] of [
      [true, { CI: 'true' }],
      [true, { TERM: 'dumb' }],
      [false, {}],
    ] as const) {
      const { written, screen: log } = screen(isTTY)
      const display = openDisplay({ json: false }, log, environment)
      display.show(progress([built]))
      display.close()
      assert.match(
        written.join(''),
        /^\d\d:\d\d:\d\d {2}build api done in 12\.3 s: in the engine\n$/,
      )
    }
  })

  test('is replaced by lines of JSON for programs', () => {
    const { written, screen: pipe } = screen(true)
    openDisplay({ json: true }, pipe, {}).show(progress([built]))
    assert.deepEqual(JSON.parse(written.join('')), { event: 'step', step: built })
  })
})
