import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secretsIn, textIn } from './secret-forms.ts'

test('a secret is found if it is there: as it is, in JSON, in a URL, and anywhere in base64', () => {
  const secret = 'a "good"/bad+secret&more'
  const about = { it: secret }
  assert.deepEqual(secretsIn(`text ${secret} text`, about), ['it'])
  assert.deepEqual(secretsIn(JSON.stringify({ of: { a: secret } }), about), ['it'])
  assert.deepEqual(secretsIn(`?q=${encodeURIComponent(secret)}`, about), ['it'])
  for (const shift of ['', 'A', 'AW', 'AWS', 'AWS:']) {
    for (const rest of ['', 'x', 'xy']) {
      const encoded = Buffer.from(`${shift}${secret}${rest}`)
      assert.deepEqual(secretsIn(encoded.toString('base64'), about), ['it'])
      assert.deepEqual(secretsIn(encoded.toString('base64url'), about), ['it'])
    }
  }
  const payload = { payloads: [{ data: new TextEncoder().encode(JSON.stringify({ secret })) }] }
  assert.deepEqual(secretsIn(textIn({ events: [{ attributes: payload }] }), about), ['it'])
  assert.deepEqual(secretsIn('nothing of the kind', about), [])
})
