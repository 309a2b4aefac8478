import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { durationText, momentText, plain, plainLines, shortened } from '../../../text/plain.ts'

test('foreign text cannot move the cursor, change colours, ring the bell or reverse its direction', () => {
  assert.equal(plain('\u001b[31mred\u001b[0m\r\nnext\u0007\u001b]0;title\u0007'), 'red next')
  assert.equal(plain('gpj.\u202eexe'), 'gpj.exe')
  assert.equal(plain('a\u0000b\u2028c'), 'a b c')
})

test('no control character survives, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const kept = Array.from(plain(text), (one) => one.codePointAt(0) ?? 0)
      assert.ok(kept.every((code) => code >= 0x20 && !(code >= 0x7f && code <= 0x9f)))
    }),
  )
})

test('ordinary text in any script is left as it is', () => {
  for (const text of ['Füge Größe hinzu', '受信トレイ', 'naïve — “quoted” 🚢']) {
    assert.equal(plain(text), text)
  }
})

test('plainLines keeps the lines', () => {
  assert.equal(plainLines('one\r\n\u001b[1mtwo\u001b[0m\n'), 'one\ntwo')
})

test('a shortened text says that something is missing, and splits no character', () => {
  assert.equal(shortened('abcdef', 6), 'abcdef')
  assert.equal(shortened('abcdefg', 6), 'abcde…')
  assert.equal(shortened('🚢🚢🚢', 2), '🚢…')
})

test('a duration has at most two units', () => {
  assert.deepEqual(
    [0, 999, 1_000, 59_949, 59_999, 61_000, 3_600_000, 93_600_000].map(durationText),
    ['0 ms', '999 ms', '1.0 s', '59.9 s', '1 min 0 s', '1 min 1 s', '1 h 0 min', '1 d 2 h'],
  )
})

test('a moment is shown in UTC, with the time zone', () => {
  assert.equal(momentText(Date.UTC(2026, 2, 1, 12, 30, 59)), '2026-03-01 12:30 UTC')
})
