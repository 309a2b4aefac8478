import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ApplicationFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
} from '@temporalio/common'
import { boundFailure } from '../../../contract/bound-failure.ts'
import { jsonBytes } from '../../../contract/size.ts'

const huge = '\0'.repeat(500_000)

/** Bytes of a failure as it is sent to Temporal. */
const sentBytes = (failure: unknown) =>
  jsonBytes(defaultFailureConverter.errorToFailure(failure, defaultPayloadConverter))

test('a failure is small whatever part of it is large, and keeps its type', () => {
  const cause = Array.from({ length: 50 }).reduce<Error>(
    (inner) => new Error(huge, { cause: inner }),
    new Error(huge),
  )
  const failures = [
    new Error(huge),
    new TypeError('short', { cause }),
    ApplicationFailure.create({ type: 'ChecksFailed', message: huge, details: [huge, { huge }] }),
    ApplicationFailure.create({ type: 'ChecksFailed', message: 'short', cause }),
  ]
  for (const failure of failures) {
    const { name } = failure
    const bounded = boundFailure(failure)
    assert.ok(sentBytes(bounded) < 128 * 1024, `${name}: ${sentBytes(bounded)}`)
    assert.equal(bounded.name, name)
    if (bounded instanceof ApplicationFailure) assert.equal(bounded.type, 'ChecksFailed')
  }
})

test('a failure of usual size is left alone', () => {
  const failure = ApplicationFailure.nonRetryable('make check exited with 2', 'ChecksFailed', {
    a: 1,
  })
  const before = sentBytes(failure)
  assert.equal(boundFailure(failure), failure)
  assert.equal(sentBytes(failure), before)
})
