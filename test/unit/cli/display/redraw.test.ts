import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { redrawer } from '../../../../cli/display/redraw.ts'
import { screen } from './recorded-screen.ts'

describe('a watched text', () => {
  test('fits a small terminal, and leaves its earlier output alone', () => {
    const { written, screen: terminal } = screen(true)
    redrawer(terminal)(Array.from({ length: 9 }, (_, index) => `${index}`.repeat(70)).join('\n'))
    const text = written.join('')
    assert.ok(!text.includes('\u001b[3J'), 'the scrollback buffer stays')
    const lines = stripVTControlCharacters(text).trimEnd().split('\n')
    assert.deepEqual(
      lines.map((line) => line[0]),
      ['0', '1', '2', '3', '…'],
    )
  })

  test('is printed again without a terminal only if more than a duration has changed', () => {
    const { written, screen: log } = screen(false)
    const redraw = redrawer(log)
    redraw('wait api, for 1 s', 'wait api')
    redraw('wait api, for 3 s', 'wait api')
    redraw('verify', 'verify')
    assert.deepEqual(written, ['wait api, for 1 s\n', 'verify\n'])
  })
})
