import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { ECSClient, ListServiceDeploymentsCommand } from '@aws-sdk/client-ecs'
import { keepErrorBody, keepErrorBodyOptions } from '../../../../activities/aws/keep-error-body.ts'
import { isDenied, isUnknownOperation } from '../../../../activities/aws/errors.ts'
import { knownFailure } from '../../../../activities/aws/known-failure.ts'

/** The error that the AWS SDK throws when the endpoint of a JSON service sends this response. */
async function errorFor(status: number, body: string): Promise<unknown> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const ecs = new ECSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  })
  ecs.middlewareStack.add(keepErrorBody, keepErrorBodyOptions)
  try {
    await ecs.send(new ListServiceDeploymentsCommand({ service: 'api' }))
    return assert.fail('the call succeeded')
  } catch (error) {
    return error
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const xml = (code: string, message: string) =>
  `<?xml version="1.0"?><Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`

describe('a response that is not in the protocol of the service', () => {
  test('is a denial if its XML says so, and the failure names the permission and its owner', async () => {
    const denial =
      'User: arn:aws:iam::111122223333:user/ci is not authorized to perform: ecs:ListServiceDeployments'
    const error = await errorFor(403, xml('AccessDenied', denial))
    assert.equal(isDenied(error), true)
    assert.equal(isUnknownOperation(error), false)
    const failure = knownFailure(error)
    assert.equal(failure?.type, 'AccessDenied')
    assert.match(failure.message, /Allow "ecs:ListServiceDeployments" in a policy of user "ci"/)
  })

  test('is about the credentials if its XML says so', async () => {
    for (const code of ['SignatureDoesNotMatch', 'InvalidClientTokenId']) {
      const failure = knownFailure(await errorFor(403, xml(code, 'no')))
      assert.equal(failure?.type, 'CredentialsInvalid')
      assert.match(failure.message, new RegExp(`${code}: no`))
    }
  })

  test('with the status of a gateway is transient, and proves nothing about the operation', async () => {
    for (const status of [502, 503, 504]) {
      const error = await errorFor(status, '<html><h1>Bad gateway</h1></html>')
      assert.equal(isUnknownOperation(error), false)
      const failure = knownFailure(error)
      assert.equal(failure?.type, 'Unavailable')
      assert.match(failure.message, new RegExp(`HTTP ${status} with "Bad gateway" instead`))
    }
  })

  test('with an HTML page of status 500 means that the endpoint lacks the operation', async () => {
    const error = await errorFor(500, '<!doctype html><title>Internal Server Error</title>')
    assert.equal(isUnknownOperation(error), true)
  })

  test('is quoted in the failure if it is the page of a proxy', async () => {
    const failure = knownFailure(await errorFor(403, '<html>Sign in to the proxy</html>'))
    assert.equal(failure?.type, 'PreconditionFailed')
    assert.match(failure.message, /HTTP 403 with "Sign in to the proxy" .* AWS_ENDPOINT_URL/)
  })
})
