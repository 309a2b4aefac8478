import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasBuildKit } from '../../../engine/docker-client.ts'

test('Docker clients from 18.09 up to 23.0 have BuildKit built in', () => {
  const versions = [
    '17.12.1',
    '18.06.0',
    '18.09.0',
    '20.10.24+dfsg1',
    '22.06.0-beta',
    '23.0.0',
    '28.2.2',
  ]
  const built = versions.filter((version) => hasBuildKit(version))
  assert.deepEqual(built, ['18.09.0', '20.10.24+dfsg1', '22.06.0-beta'])
})
