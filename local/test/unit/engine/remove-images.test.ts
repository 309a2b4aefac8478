import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imagesOf } from '../../../engine/remove-images.ts'

const digest = `sha256:${'a'.repeat(64)}`

test('images of one registry are found by tag, else by digest, each once', () => {
  const listed = [
    `127.0.0.1:4567/hello api-latest ${digest}`,
    `127.0.0.1:4567/team/hello <none> ${digest}`,
    `127.0.0.1:4567/hello api-latest <none>`,
    `127.0.0.1:45670/hello api-latest ${digest}`,
    `slipway-hello-base latest <none>`,
    '',
  ]
  assert.deepEqual(imagesOf('127.0.0.1:4567', listed.join('\n')), [
    '127.0.0.1:4567/hello:api-latest',
    `127.0.0.1:4567/team/hello@${digest}`,
  ])
})
