import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { cut, firstThatFit, jsonBytes } from '../../../contract/size.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 300 })

test('the size of a value is that of its JSON as Temporal stores it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(jsonBytes(value), Buffer.byteLength(JSON.stringify(value)))
    }),
  )
})

test('a cut text never takes more bytes than it may, whatever characters it has', () => {
  const worst = ['\0', '\u{1f600}', '€', '"', '\ud800', '\\', 'a'].map((one) => one.repeat(400))
  for (const text of worst) {
    for (const max of [8, 9, 50, 51, 100]) assert.ok(jsonBytes(cut(text, max)) - 2 <= max, text)
  }
  fc.assert(
    fc.property(anyText, fc.nat({ max: 200 }), (text, more) => {
      assert.ok(jsonBytes(cut(text, 8 + more)) - 2 <= 8 + more)
    }),
  )
})

test('a text that fits stays as it is, and another one keeps its beginning and its end', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      assert.equal(cut(text, jsonBytes(text) - 2), text)
    }),
  )
  assert.equal(
    cut(`Check failed: ${'x'.repeat(500)} at line 7`, 47),
    'Check failed: xxxxxx […] xxxxxxxxxx at line 7',
  )
})

test('a list keeps as many of its first elements as fit', () => {
  assert.deepEqual(firstThatFit([1, 22, 333], jsonBytes([1, 22, 333]) + 1), [1, 22, 333])
  assert.deepEqual(firstThatFit([1, 22, 333], jsonBytes([1, 22]) + 1), [1, 22])
  assert.deepEqual(firstThatFit(['a'.repeat(100)], 50), [])
})
