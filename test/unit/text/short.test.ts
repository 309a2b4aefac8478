import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oneLine, releaseSummary } from '../../../text/short.ts'
import { commit, deployOf, specFor } from '../../workflows/fixtures.ts'

test('a summary says project, commit, environment and subject', () => {
  assert.equal(
    releaseSummary(deployOf(specFor('queue')), commit),
    'mailman 3f2c1ab → production: Add organization id to inboxes',
  )
})

test('foreign text becomes one line without control characters, within the limit of the UI', () => {
  assert.equal(oneLine('a\nb\u001b[31mc\u0000'), 'a b [31mc')
  const long = oneLine('é'.repeat(500))
  assert.ok(Buffer.byteLength(long) <= 200)
  assert.ok(long.endsWith('…'))
})
