import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyOf, webhookHeaders } from '../../../../activities/notifications/signature.ts'

test('a delivery is signed as in the test vector of Standard Webhooks', () => {
  const key = keyOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
  assert.ok(key !== undefined)
  assert.deepEqual(
    webhookHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_000, '{"test": 2432232314}', key),
    {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
  )
})

test('a delivery without a secret has an id and a time, but no signature', () => {
  assert.deepEqual(webhookHeaders('a', 1_999, '', undefined), {
    'webhook-id': 'a',
    'webhook-timestamp': '1',
  })
})

const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 'x').toString('base64')}`

test('a secret is whsec_ and 24 to 64 bytes in Base64', () => {
  assert.deepEqual(
    [23, 24, 64, 65].map((bytes) => keyOf(secretOf(bytes))?.length),
    [undefined, 24, 64, undefined],
  )
  for (const wrong of [
    '',
    'whsec_',
    'hunter2',
    secretOf(24).slice(6),
    `${secretOf(24)} `,
    'whsec_-_-_',
  ]) {
    assert.equal(keyOf(wrong), undefined, wrong)
  }
})
