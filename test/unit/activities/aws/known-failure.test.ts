import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs'
import { knownFailure } from '../../../../activities/aws/known-failure.ts'
import { awsError } from '../fake-aws.ts'
import { failsAs, inActivity } from '../in-activity.ts'

const typeOf = (error: unknown) => knownFailure(error)?.type

describe('an error of AWS or the network', () => {
  for (const [name, type] of [
    ['ExpiredTokenException', 'CredentialsInvalid'],
    ['UnrecognizedClientException', 'CredentialsInvalid'],
    ['CredentialsProviderError', 'CredentialsInvalid'],
    ['InvalidSignatureException', 'CredentialsInvalid'],
    ['RequestTimeTooSkewed', 'CredentialsInvalid'],
    ['AccessDeniedException', 'AccessDenied'],
    ['ThrottlingException', 'Unavailable'],
    ['ServerException', 'Unavailable'],
    ['TimeoutError', 'Unavailable'],
    ['UpdateInProgressException', 'Conflict'],
    ['InvalidParameterException', 'PreconditionFailed'],
  ] as const) {
    test(`named ${name} becomes ${type}`, () => {
      assert.equal(typeOf(awsError(name)), type)
    })
  }

  test('that a clock causes says to set the clock', () => {
    const skewed = [
      awsError('RequestExpired', 'Request has expired.'),
      awsError('InvalidSignatureException', 'Signature expired: 20260101T100000Z is now earlier'),
      awsError('SignatureDoesNotMatch', 'Signature not yet current: 20270101T100000Z is later'),
    ]
    for (const error of skewed) assert.match(knownFailure(error)?.message ?? '', /Set the clock/)
  })

  test('with a 5xx status is transient, whatever its name', () => {
    assert.equal(typeOf(awsError('SomethingNew', '', 503)), 'Unavailable')
  })

  test('from the network is transient, even if Node tried several addresses', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    assert.equal(typeOf(refused), 'Unavailable')
    assert.equal(typeOf(new AggregateError([refused])), 'Unavailable')
  })

  test('is retried only if it is transient', () => {
    assert.equal(knownFailure(awsError('ThrottlingException'))?.nonRetryable, false)
    assert.equal(knownFailure(awsError('AccessDeniedException'))?.nonRetryable, true)
  })

  test('that is a defect of our own is rethrown unchanged, with its stack', async () => {
    const defect = new TypeError('undefined is not a function')
    assert.equal(knownFailure(defect), undefined)
    await assert.rejects(
      inActivity(() => Promise.reject(defect)),
      (error) => error === defect,
    )
  })

  test('gets its type from the interceptor, so activities need not set it', async () => {
    const unreachable = new ECSClient({
      endpoint: 'http://127.0.0.1:1',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    })
    await assert.rejects(
      inActivity(() => unreachable.send(new ListClustersCommand({}))),
      failsAs('Unavailable', 'ECONNREFUSED'),
    )
  })
})
