import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isSameImage } from '../../../../rollout/same-image.ts'

describe('two digests are of the same image', () => {
  test('if they are the same, even if the image has others', () => {
    assert.equal(isSameImage('sha256:a', 'sha256:a'), true)
    assert.equal(isSameImage('sha256:a', 'sha256:a', ['sha256:index', 'sha256:amd64']), true)
  })

  test('if both are digests of that image', () => {
    const digests = ['sha256:index', 'sha256:amd64']
    assert.equal(isSameImage('sha256:index', 'sha256:amd64', digests), true)
    assert.equal(isSameImage('sha256:amd64', 'sha256:index', digests), true)
    assert.equal(isSameImage('sha256:index', 'sha256:other', digests), false)
    assert.equal(isSameImage('sha256:other', 'sha256:index', digests), false)
    assert.equal(isSameImage('sha256:index', 'sha256:amd64'), false)
  })

  test('never if one of them is unknown, not even if both are', () => {
    assert.equal(isSameImage(undefined, 'sha256:a'), false)
    assert.equal(isSameImage('sha256:a', undefined), false)
    assert.equal(isSameImage(undefined, undefined), false)
  })
})
