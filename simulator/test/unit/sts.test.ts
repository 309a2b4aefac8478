import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { manualClock } from '../../clock/index.ts'
import { stsOperations } from '../../sts/operations.ts'
import { createSessions } from '../../sts/sessions.ts'
import { testEndpoint } from './http-endpoint.ts'

const RoleArn = 'arn:aws:iam::111122223333:role/deploy/slipway'

async function stsFixture() {
  const clock = manualClock()
  const sessions = createSessions(() => clock.now())
  const STS = stsOperations({ account: '000000000000', now: () => clock.now(), sessions })
  const endpoint = await testEndpoint(
    { STS },
    { clock, expiresAt: (key) => sessions.find(key)?.expiresAt },
  )
  const client = (key?: string) => new STSClient(endpoint.client(key))
  return { clock, client, [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose]() }
}

function webToken(claims: object): string {
  return ['{}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')
}

test('GetCallerIdentity returns the simulated user', async () => {
  await using fixture = await stsFixture()

  const identity = await fixture.client().send(new GetCallerIdentityCommand({}))

  assert.equal(identity.Account, '000000000000')
  assert.equal(identity.Arn, 'arn:aws:iam::000000000000:user/simulated')
})

test('credentials of an assumed role identify its session until they expire', async () => {
  await using fixture = await stsFixture()

  const { Credentials, AssumedRoleUser } = await fixture
    .client()
    .send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'ci', DurationSeconds: 900 }))

  const arn = 'arn:aws:sts::111122223333:assumed-role/slipway/ci'
  assert.equal(AssumedRoleUser?.Arn, arn)
  assert.deepEqual(Credentials?.Expiration, new Date(fixture.clock.now() + 900_000))
  const asRole = fixture.client(Credentials.AccessKeyId)
  const identity = await asRole.send(new GetCallerIdentityCommand({}))
  assert.equal(identity.Arn, arn)
  assert.equal(identity.Account, '111122223333')

  await fixture.clock.advance(900_000)
  await assert.rejects(asRole.send(new GetCallerIdentityCommand({})), { name: 'ExpiredToken' })
})

test('a valid web identity token is exchanged for credentials; an expired or malformed one is not', async () => {
  await using fixture = await stsFixture()
  const seconds = fixture.clock.now() / 1000
  const claims = { iss: 'https://ci', sub: 'repo:a/b', aud: 'sts.amazonaws.com', exp: seconds + 60 }
  const exchange = (WebIdentityToken: string) =>
    fixture
      .client()
      .send(
        new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'ci', WebIdentityToken }),
      )

  const answer = await exchange(webToken(claims))

  assert.equal(answer.SubjectFromWebIdentityToken, 'repo:a/b')
  assert.match(answer.Credentials?.AccessKeyId ?? '', /^ASIA/)
  await assert.rejects(exchange(webToken({ ...claims, exp: seconds })), {
    name: 'ExpiredTokenException',
  })
  await assert.rejects(exchange('abc'), { name: 'InvalidIdentityTokenException' })
})

test('a role or session name that IAM would reject is rejected', async () => {
  await using fixture = await stsFixture()
  const assume = (role: string, RoleSessionName: string) =>
    fixture.client().send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName }))

  await assert.rejects(assume('slipway', 'ci'), { name: 'ValidationError' })
  await assert.rejects(assume(RoleArn, 'a b'), { name: 'ValidationError' })
})
