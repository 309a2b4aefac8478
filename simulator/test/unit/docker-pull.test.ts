import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EngineRequest, DockerEngine } from '../../runtime/docker-engine.ts'
import { pullImage } from '../../runtime/docker-pull.ts'

const digest = `sha256:${'a'.repeat(64)}`
const { signal } = new AbortController()

function login(host: string) {
  return host === '127.0.0.1:5000' ? { username: 'AWS', password: 'token' } : undefined
}

/** An engine whose pull reports this progress, line by line. */
function engineWithProgress(
  ...lines: readonly object[]
): DockerEngine & { calls: EngineRequest[] } {
  const calls: EngineRequest[] = []
  return {
    calls,
    call(_method, _path, options = {}) {
      calls.push(options)
      return Promise.resolve(Buffer.from(lines.map((line) => JSON.stringify(line)).join('\r\n')))
    },
    close: () => undefined,
  }
}

test('a tag is pulled as written, and the container runs from its digest', async () => {
  const engine = engineWithProgress({ status: 'Pulling from api' }, { status: `Digest: ${digest}` })

  const pulled = await pullImage(engine, '127.0.0.1:5000/api:v1', () => undefined, signal)

  assert.deepEqual(pulled, { digest, reference: `127.0.0.1:5000/api@${digest}` })
  assert.deepEqual(engine.calls[0]?.query, { fromImage: '127.0.0.1:5000/api', tag: 'v1' })
})

test('a digest wins over a tag in the same reference', async () => {
  const engine = engineWithProgress({ status: 'Image is up to date' })

  const pulled = await pullImage(engine, `host:1/api:v1@${digest}`, () => undefined, signal)

  assert.equal(pulled.reference, `host:1/api@${digest}`)
  assert.deepEqual(engine.calls[0]?.query, { fromImage: 'host:1/api', tag: digest })
})

test('a pull sends only the login of the registry in the reference', async () => {
  const engine = engineWithProgress({ status: `Digest: ${digest}` })

  await pullImage(engine, '127.0.0.1:5000/a/b:v1', login, signal)
  await pullImage(engine, 'nginx', login, signal)

  const [own, other] = engine.calls
  assert.equal((own?.headers?.['x-registry-auth']?.length ?? 1) % 4, 0, 'it is padded')
  assert.deepEqual(
    JSON.parse(Buffer.from(own?.headers?.['x-registry-auth'] ?? '', 'base64url').toString()),
    { username: 'AWS', password: 'token', serveraddress: '127.0.0.1:5000' },
  )
  assert.equal(other?.headers, undefined)
  assert.deepEqual(other?.query, { fromImage: 'nginx', tag: 'latest' })
})

test("a missing image fails with ECS's message", async () => {
  const engine = engineWithProgress({
    error: 'manifest for h:1/api:v9 not found: manifest unknown: manifest unknown',
  })

  await assert.rejects(
    pullImage(engine, 'h:1/api:v9', () => undefined, signal),
    {
      message:
        'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref h:1/api:v9: h:1/api:v9: not found',
    },
  )
})

test("any other failed pull keeps the engine's message", async () => {
  const engine = engineWithProgress({ status: 'Pulling' }, { error: 'no basic auth credentials' })

  await assert.rejects(
    pullImage(engine, 'h:1/api:v9', () => undefined, signal),
    { message: /^CannotPullContainerError: .*no basic auth credentials$/ },
  )
})
