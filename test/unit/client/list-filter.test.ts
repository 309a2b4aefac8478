import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allOf, equals, isAfter } from '../../../client/list-filter.ts'

test('quotes and backslashes of a value stay in it', () => {
  assert.equal(equals('Name', `a "b" 'c' \\`), `Name = "a \\"b\\" 'c' \\\\"`)
})

test('conditions are joined, and times are ISO 8601', () => {
  const filter = allOf(equals('Name', 'a'), isAfter('CloseTime', 0))
  assert.equal(filter, 'Name = "a" AND CloseTime > "1970-01-01T00:00:00.000Z"')
})
