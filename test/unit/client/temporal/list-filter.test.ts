import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allOf, includes, isAfter } from '../../../../client/temporal/list-filter.ts'

test('a plain value is compared as it is', () => {
  assert.equal(includes('Name', 'größe 100%_'), 'Name = "größe 100%_"')
})

test('nothing is sent from the first character on that a server reads in its own way', () => {
  for (const special of ['"', "'", '\\', '?', '\n', '\u0007', '\0']) {
    assert.equal(includes('Name', `a${special}b`), 'Name STARTS_WITH "a"')
    assert.equal(includes('Name', special), 'Name STARTS_WITH ""')
  }
})

test('conditions are joined, and times are ISO 8601', () => {
  const filter = allOf(includes('Name', 'a'), isAfter('CloseTime', 0))
  assert.equal(filter, 'Name = "a" AND CloseTime > "1970-01-01T00:00:00.000Z"')
})
