import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { connectOptions } from '../../runtime/docker-address.ts'
import { connectDocker } from '../../runtime/docker-engine.ts'
import { readImageReference } from '../../runtime/docker-image.ts'
import { unframe } from '../../runtime/docker-logs.ts'
import { probePort } from '../../runtime/docker-probe.ts'

function parts(image: string): string[] {
  return Object.values(readImageReference(image))
}

function frame(output: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([output, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)])
}

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

test('image references are parsed as Docker does', () => {
  assert.deepEqual(parts('127.0.0.1:5000/a/b:v1'), ['127.0.0.1:5000', '127.0.0.1:5000/a/b', 'v1'])
  assert.deepEqual(parts('localhost/a'), ['localhost', 'localhost/a', 'latest'])
  assert.deepEqual(parts('library/nginx:1'), ['', 'library/nginx', '1'])
  assert.deepEqual(parts('ecr.aws/a@sha256:ab'), ['ecr.aws', 'ecr.aws/a', 'sha256:ab'])
})

test("engine addresses are read in DOCKER_HOST's format", () => {
  assert.deepEqual(connectOptions('unix:///run/docker.sock'), { socketPath: '/run/docker.sock' })
  assert.deepEqual(connectOptions('tcp://127.0.0.1:2375'), { hostname: '127.0.0.1', port: 2375 })
  assert.throws(() => connectOptions('ssh://user@host'), /needs an engine on this machine/)
})

test("a container's stdout and stderr are merged in the order of writing", () => {
  assert.equal(unframe(Buffer.concat([frame(1, 'a\n'), frame(2, 'b\n')])).toString(), 'a\nb\n')
})

test('the oldest version of the API that is new enough and still served is used', async () => {
  const paths: (string | undefined)[] = []
  for (const [ApiVersion, MinAPIVersion] of [
    ['1.52', '1.44'],
    ['1.41', '1.12'],
  ]) {
    using server = await serve((request, response) => {
      paths.push(request.url)
      response.end(JSON.stringify({ ApiVersion, MinAPIVersion }))
    })
    const engine = await connectDocker(`tcp://127.0.0.1:${server.port}`)
    await engine.call('GET', '/info', { query: { a: 'b c' } })
    engine.close()
  }

  assert.deepEqual(paths, ['/version', '/v1.44/info?a=b+c', '/version', '/v1.41/info?a=b+c'])
})

test('an engine that does not answer is reported with its address and what to do', async () => {
  await assert.rejects(connectDocker('unix:///nowhere/docker.sock'), {
    message: /No Docker engine answers at unix:\/\/\/nowhere\/docker\.sock .*set DOCKER_HOST/,
  })
})

test("an error of the engine has the engine's status and message", async () => {
  using server = await serve((request, response) => {
    if (request.url === '/version') return response.end('{}')
    response.statusCode = 409
    return response.end('{"message":"name is in use"}')
  })
  const engine = await connectDocker(`tcp://127.0.0.1:${server.port}`)

  await assert.rejects(engine.call('POST', '/containers/create', { body: {} }), {
    status: 409,
    message: 'name is in use',
  })
  engine.close()
})

test('a probe returns the status, also of a redirect, or a refused connection, or a timeout', async () => {
  using server = await serve((request, response) => {
    if (request.url === '/slow') return
    response.statusCode = request.url === '/health' ? 204 : 301
    response.setHeader('location', '/health')
    response.end()
  })
  const probe = (path: string, port = server.port) => probePort(port, path, 100)

  assert.deepEqual(await probe('/health'), { kind: 'status', status: 204 })
  assert.deepEqual(await probe('/'), { kind: 'status', status: 301 })
  assert.deepEqual(await probe('/slow'), { kind: 'timeout' })
  const { port } = server
  server[Symbol.dispose]()
  assert.deepEqual(await probe('/', port), { kind: 'refused', reason: 'ECONNREFUSED' })
})
