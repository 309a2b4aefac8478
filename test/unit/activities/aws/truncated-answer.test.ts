import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { awsClientsByEnvironment } from '../../../../activities/aws/clients.ts'
import { knownFailure } from '../../../../activities/aws/known-failure.ts'
import { registerTaskDefinition } from '../../../../activities/ecs/register-task-definition.ts'
import { describeTaskDefinition } from '../../../../activities/ecs/task-definitions.ts'

const secret = 'postgres://user:S3CRET@db/mailman'
const answer = JSON.stringify({
  taskDefinition: {
    containerDefinitions: [{ name: 'api', environment: [{ name: 'DATABASE_URL', value: secret }] }],
  },
})

describe('an answer of AWS with a task definition that breaks off', () => {
  let server: Server
  const environment = { ...process.env }
  before(async () => {
    server = createServer((request, response) => {
      request.resume()
      request.on('end', () => {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
        response.end(answer.slice(0, -4))
      })
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
  })
  after(() => {
    server.close()
    server.closeAllConnections()
    process.env = environment
  })

  const clients = () => {
    const { port } = server.address() as AddressInfo
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    })
    return awsClientsByEnvironment()({})
  }
  const calls = {
    'is described': () => describeTaskDefinition(clients(), 'mailman-api:7'),
    'is registered': () => registerTaskDefinition(clients(), { family: 'mailman-api' }, []),
  }

  for (const [what, call] of Object.entries(calls)) {
    test(`is not quoted when it ${what}, since it may hold a secret`, async () => {
      await assert.rejects(call, (error: unknown) => {
        const message = knownFailure(error)?.message ?? String(error)
        assert.match(message, /HTTP 200 with a body of \d+ characters that cannot be read/)
        assert.ok(!message.includes('S3CRET') && !message.includes('postgres'), message)
        return true
      })
    })
  }
})
