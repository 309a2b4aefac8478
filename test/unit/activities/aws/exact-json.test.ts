import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isExactNumber, parseExactly } from '../../../../activities/aws/exact-json.ts'

describe('JSON that is parsed exactly', () => {
  test('is written again with the same values', () => {
    const texts = [
      '{"long":9007199254740993,"negative":-9223372036854775808}',
      '{"fraction":0.1234567890123456789,"huge":1e400,"tiny":1e-400}',
      '{"__proto__":{"a":1},"":"","constructor":{},"a.b":null}',
      '["",[],{},true,false,"\\"\\\\","ünïcödé 🚢","\u2028"]',
    ]
    for (const text of texts) assert.equal(JSON.stringify(parseExactly(text)), text)
  })

  test('has plain numbers wherever they hold the value', () => {
    const numbers = parseExactly('[0,-0,1,1.0,1.50,100,1e2,0.1,5e-324,9007199254740992]')
    assert.ok(Array.isArray(numbers))
    assert.ok(numbers.every((one) => typeof one === 'number'))
    assert.ok(isExactNumber(parseExactly('9007199254740993')))
  })
})
