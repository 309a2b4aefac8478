import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { ECSClient, ListServiceDeploymentsCommand } from '@aws-sdk/client-ecs'
import { keepErrorBody, keepingErrorBody } from '../../../../activities/aws/error-bodies.ts'
import { isDenied, isUnknownOperation, knownFailure } from '../../../../activities/aws/errors.ts'

/** What the AWS SDK throws when an endpoint of a JSON service answers this. */
async function answering(status: number, body: string): Promise<unknown> {
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
  ecs.middlewareStack.add(keepErrorBody, keepingErrorBody)
  try {
    await ecs.send(new ListServiceDeploymentsCommand({ service: 'api' }))
    return assert.fail('it was answered')
  } catch (error) {
    return error
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const xml = (code: string, message: string) =>
  `<?xml version="1.0"?><Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`

describe('an answer that is not in the protocol of the service', () => {
  test('is a denial where it says so in XML, and names what to allow whom', async () => {
    const said =
      'User: arn:aws:iam::111122223333:user/ci is not authorized to perform: ecs:ListServiceDeployments'
    const error = await answering(403, xml('AccessDenied', said))
    assert.equal(isDenied(error), true)
    assert.equal(isUnknownOperation(error), false)
    const failure = knownFailure(error)
    assert.equal(failure?.type, 'AccessDenied')
    assert.match(failure.message, /Allow "ecs:ListServiceDeployments" in a policy of user "ci"/)
  })

  test('is about the credentials where it says so in XML', async () => {
    for (const code of ['SignatureDoesNotMatch', 'InvalidClientTokenId']) {
      const failure = knownFailure(await answering(403, xml(code, 'no')))
      assert.equal(failure?.type, 'CredentialsInvalid')
      assert.match(failure.message, new RegExp(`${code}: no`))
    }
  })

  test('with a status of a gateway may pass, and says nothing about the operation', async () => {
    for (const status of [502, 503, 504]) {
      const error = await answering(status, '<html><h1>Bad gateway</h1></html>')
      assert.equal(isUnknownOperation(error), false)
      const failure = knownFailure(error)
      assert.equal(failure?.type, 'Unavailable')
      assert.match(failure.message, new RegExp(`HTTP ${status}, and "Bad gateway" instead`))
    }
  })

  test('is that of an endpoint that lacks the operation where it breaks down over it', async () => {
    const error = await answering(500, '<!doctype html><title>Internal Server Error</title>')
    assert.equal(isUnknownOperation(error), true)
  })

  test('is refused in words where it is a page of somebody else', async () => {
    const failure = knownFailure(await answering(403, '<html>Sign in to the proxy</html>'))
    assert.equal(failure?.type, 'PreconditionFailed')
    assert.match(failure.message, /HTTP 403, and "Sign in to the proxy" .* AWS_ENDPOINT_URL/)
  })
})
