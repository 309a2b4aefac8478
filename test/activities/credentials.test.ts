import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ListClustersCommand } from '@aws-sdk/client-ecs'
import { awsClientsByEnvironment } from '../../activities/aws/clients.ts'
import { isUnauthenticated } from '../../activities/aws/errors.ts'
import { knownFailure } from '../../activities/aws/known-failure.ts'
import {
  answering,
  configFile,
  serve,
  taskCredentials,
  useCredentialSource,
} from './credential-sources.ts'

/** The AWS SDK's real credential providers, whose sources on this machine fail. */

const roleArn = 'arn:aws:iam::111122223333:role/slipway'

/** The error of a call to ECS with these credentials. The call itself cannot be answered. */
async function errorWith(source: Readonly<Record<string, string>>): Promise<unknown> {
  useCredentialSource({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1', ...source })
  const { ecs } = awsClientsByEnvironment()({})
  return await ecs.send(new ListClustersCommand({})).catch((error: unknown) => error)
}

function assertUnauthenticated(error: unknown, ...words: readonly RegExp[]): void {
  assert.ok(isUnauthenticated(error), String(error))
  const failure = knownFailure(error)
  assert.equal(failure?.type, 'CredentialsInvalid')
  for (const part of [/cannot get credentials for AWS/, /aws sts get-caller-identity/, ...words]) {
    assert.match(failure.message, part)
  }
}

const stsError = (code: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>No.</Message></Error></ErrorResponse>`

describe('credentials cannot be had, which says nothing about AWS,', () => {
  for (const [what, status, body] of [
    ['answers 500', 500, '{"code":"InternalServerError"}'],
    ['answers 404', 404, '{"Code":"NoRole","Message":"no role"}'],
    ['gives no JSON', 200, 'starting'],
    ['gives no keys', 200, '{}'],
  ] as const) {
    test(`if the endpoint of the container ${what}`, async () => {
      const server = await serve(answering(status, body))
      const error = await errorWith({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.url}/v2` })
      await server.close()
      assertUnauthenticated(error)
    })
  }

  test('if the endpoint of the container refuses the connection', async () => {
    const source = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/v2' }
    assertUnauthenticated(await errorWith(source))
  })

  for (const [what, status, body] of [
    ['answers 500', 500, ''],
    ['gives no JSON, which the error does not quote', 200, '"AKIASECRET'],
  ] as const) {
    test(`if IMDS ${what}`, async () => {
      const server = await serve(answering(status, body))
      const error = await errorWith({
        AWS_EC2_METADATA_DISABLED: 'false',
        AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url,
      })
      await server.close()
      assertUnauthenticated(error)
      assert.doesNotMatch(String(error), /AKIA/)
    })
  }

  test('if the web identity token is gone', async () => {
    const source = { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere/token' }
    assertUnauthenticated(await errorWith(source), /ENOENT.*\/nowhere\/token/)
  })

  for (const code of ['InvalidIdentityToken', 'ExpiredTokenException', 'AccessDenied']) {
    test(`if STS answers ${code} to the web identity`, async () => {
      const sts = await serve(answering(400, stsError(code)))
      const error = await errorWith({
        AWS_ROLE_ARN: roleArn,
        AWS_WEB_IDENTITY_TOKEN_FILE: import.meta.filename,
        AWS_ENDPOINT_URL_STS: sts.url,
      })
      await sts.close()
      assertUnauthenticated(error, new RegExp(code.replace('Exception', '')))
    })
  }

  test('if STS does not let the profile assume its role', async () => {
    const sts = await serve(answering(403, stsError('AccessDenied')))
    const error = await errorWith({
      ...configFile(
        `[profile release]\nrole_arn=${roleArn}\nsource_profile=base\n[profile base]\naws_access_key_id=a\naws_secret_access_key=b\n`,
      ),
      AWS_ENDPOINT_URL_STS: sts.url,
    })
    await sts.close()
    assertUnauthenticated(error, /AccessDenied/)
  })

  for (const [what, profile] of [
    ['a credential_process fails', 'credential_process=false'],
    ['a credential_process gives no JSON', 'credential_process=echo hello'],
    [
      'an SSO session has no token',
      'sso_session=corp\nsso_account_id=111122223333\nsso_role_name=deploy\n[sso-session corp]\nsso_region=eu-west-1\nsso_start_url=https://corp.invalid/start',
    ],
    ['a login session has no token', 'login_session=arn:aws:iam::111122223333:user/nobody'],
    ['the profile is empty', 'output=json'],
  ] as const) {
    test(`if ${what}`, async () => {
      assertUnauthenticated(await errorWith(configFile(`[profile release]\n${profile}\n`)))
    })
  }

  test('if the profile of the environment is not there, which the error names', async () => {
    useCredentialSource({})
    const { ecs } = awsClientsByEnvironment()({ profile: 'nobody' })
    const error = await ecs.send(new ListClustersCommand({})).catch((failed: unknown) => failed)
    assertUnauthenticated(error, /\(profile "nobody"\)/)
  })
})

test('an STS that is busy while a role is assumed may be asked again', async () => {
  const sts = await serve(answering(503, 'busy'))
  const error = await errorWith({
    AWS_ROLE_ARN: roleArn,
    AWS_WEB_IDENTITY_TOKEN_FILE: import.meta.filename,
    AWS_ENDPOINT_URL_STS: sts.url,
  })
  await sts.close()
  assert.equal(knownFailure(error)?.type, 'Unavailable')
})

test('credentials that are there again are used by the same client', async () => {
  let down = true
  const server = await serve((request, response) => {
    answering(down ? 500 : 200, taskCredentials(3_600_000))(request, response)
  })
  useCredentialSource({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.url}/v2`,
  })
  const { ecsOnce } = awsClientsByEnvironment()({})
  const call = () => ecsOnce.send(new ListClustersCommand({})).catch((error: unknown) => error)
  assertUnauthenticated(await call())
  down = false
  assert.match(String(await call()), /ECONNREFUSED/)
  await server.close()
})
