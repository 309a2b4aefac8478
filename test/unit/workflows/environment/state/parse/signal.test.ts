import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  parsePaused,
  parseRequestStatus,
} from '../../../../../../workflows/environment/state/parse-signal.ts'
import { undecodable } from '../../../../../../workflows/temporal/undecodable.ts'

const malformed = [undefined, null, 7, 'text', [], {}, undecodable('no key')]

test('a pause says by whom and since when, and perhaps why', () => {
  assert.deepEqual(parsePaused({ by: 'ann', at: 5 }), { by: 'ann', at: 5 })
  const paused = { by: 'ann', at: 5, reason: 'lunch' }
  assert.deepEqual(parsePaused(paused), paused)
  assert.deepEqual(parsePaused({ ...paused, reason: 7 }), { by: 'ann', at: 5 })
})

test('a malformed pause is ignored', () => {
  for (const body of [...malformed, { at: 5 }, { by: 7, at: 5 }, { by: 'ann' }]) {
    assert.equal(parsePaused(body), undefined)
  }
})

test('the time of a pause is one that a date can hold', () => {
  for (const at of [8.64e15, -8.64e15, 0]) assert.deepEqual(parsePaused({ by: 'a', at })?.at, at)
  for (const at of [8.64e15 + 2, -8.64e15 - 2, Number.NaN, '5', undefined]) {
    assert.equal(parsePaused({ by: 'a', at }), undefined)
  }
})

const rejected = { kind: 'rejected', reason: 'frozen', retryable: true }
const admitted = { kind: 'admitted', releaseId: 'r', message: 'm' }
const ended = { kind: 'ended', releaseId: 'r', outcome: 'succeeded', message: 'm' }

test('each status of a request is read, and nothing that is not in it', () => {
  for (const status of [rejected, admitted, ended]) {
    assert.deepEqual(parseRequestStatus({ ...status, more: 1 }), status)
  }
})

test('a malformed status of a request is ignored', () => {
  const bodies = [
    ...malformed,
    { ...rejected, reason: 7 },
    { ...rejected, retryable: 'yes' },
    ...[admitted, ended].flatMap((one) => [
      { ...one, releaseId: 7 },
      { ...one, message: 7 },
      { ...one, kind: 'other' },
    ]),
    { ...ended, outcome: 7 },
    { ...ended, outcome: 'odd' },
    { ...ended, outcome: undefined },
  ]
  for (const body of bodies) assert.equal(parseRequestStatus(body), undefined)
})
