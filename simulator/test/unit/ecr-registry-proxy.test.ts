import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CreateRepositoryCommand, type ImageTagMutability } from '@aws-sdk/client-ecr'
import { basic } from '../../ecr/http-registry.ts'
import { ecrFixture } from './ecr-fixture.ts'

async function withRepository(imageTagMutability: ImageTagMutability = 'MUTABLE') {
  const fixture = await ecrFixture()
  await fixture.client.send(
    new CreateRepositoryCommand({ repositoryName: 'hello', imageTagMutability }),
  )
  return fixture
}

test('an image that was pushed through the proxy is pulled through it, byte for byte', async () => {
  await using fixture = await withRepository()
  const content = 'x'.repeat(3_000_000)

  const { status, digest } = await fixture.push('hello', 'v1', content)

  assert.equal(status, 201)
  const manifest = await fixture.request('GET', '/v2/hello/manifests/v1')
  const { layers } = (await manifest.json()) as { layers: { digest: string }[] }
  assert.equal(manifest.headers.get('docker-content-digest'), digest)
  const layer = await fixture.request('GET', `/v2/hello/blobs/${layers[0]?.digest}`)
  assert.equal(await layer.text(), content)
})

test('the address of an upload stays on the proxy', async () => {
  await using fixture = await withRepository()

  const { location } = await fixture.push('hello', 'v1', 'content')

  assert.ok(
    location?.startsWith(`${fixture.registryProxyUrl}/v2/hello/blobs/uploads/`),
    location ?? 'none',
  )
})

test('without a login the proxy requests Basic credentials', async () => {
  await using fixture = await withRepository()

  const answer = await fetch(`${fixture.registryProxyUrl}/v2/`)

  assert.equal(answer.status, 401)
  assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic realm="http:\/\/127/)
  assert.match(await answer.text(), /no basic auth credentials/)
})

test("a wrong token, another user and the registry's own password are rejected with 401", async () => {
  await using fixture = await withRepository()
  const token = Buffer.from((await fixture.login()).slice(6), 'base64')
    .toString()
    .slice(4)

  for (const login of [
    basic({ username: 'AWS', password: 'guess' }),
    basic({ username: 'root', password: token }),
    basic(fixture.registry),
    'Bearer abc',
  ])
    assert.equal((await fixture.request('GET', '/v2/', {}, login)).status, 401, login)
  assert.equal((await fixture.request('GET', '/v2/')).status, 200)
})

test('an expired token is rejected with 403, which says to log in again', async () => {
  await using fixture = await withRepository()
  const login = await fixture.login()
  await fixture.clock.advance(12 * 3_600_000)

  const answer = await fixture.request('GET', '/v2/', {}, login)

  assert.equal(answer.status, 403)
  assert.match(await answer.text(), /Your authorization token has expired/)
})

test('a push to a repository that was not created is rejected as by ECR', async () => {
  await using fixture = await withRepository()

  const { status, text } = await fixture.push('other', 'v1', 'content')

  assert.equal(status, 404)
  assert.deepEqual(JSON.parse(text), {
    errors: [
      {
        code: 'NAME_UNKNOWN',
        message: `The repository with name 'other' does not exist in the registry with id '000000000000'`,
      },
    ],
  })
  assert.equal(fixture.registry.blobs.size, 0)
})

test('a push to an immutable tag is rejected, even of the same image', async () => {
  await using fixture = await withRepository('IMMUTABLE')
  assert.equal((await fixture.push('hello', 'v1', 'content')).status, 201)

  const again = await fixture.push('hello', 'v1', 'content')

  assert.equal(again.status, 400)
  assert.match(again.text, /TAG_INVALID.*'v1' already exists.*because the tag is immutable/)
})

test('a path that leaves its repository does not reach the registry', async () => {
  await using fixture = await withRepository()

  for (const path of ['/v2/hello/%2e%2e/other/tags/list', '/v2/_catalog', '/metrics'])
    assert.equal((await fixture.request('GET', path)).status, 404, path)
})

test("images can be deleted only with ECR's API", async () => {
  await using fixture = await withRepository()
  const { digest } = await fixture.push('hello', 'v1', 'content')

  assert.equal((await fixture.request('DELETE', `/v2/hello/manifests/${digest}`)).status, 405)
  assert.equal((await fixture.request('GET', '/v2/hello/manifests/v1')).status, 200)
})

test("a registry that is unreachable or rejects the proxy is not reported as the client's bad login", async () => {
  await using gone = await withRepository()
  await gone.registry.close()
  const answer = await gone.request('GET', '/v2/')
  assert.equal(answer.status, 503)
  assert.match(await answer.text(), /cannot be reached/)

  await using first = await ecrFixture()
  await using refusing = await ecrFixture({ registry: { ...first.registry, password: 'old' } })
  const refused = await refusing.request('GET', '/v2/')
  assert.equal(refused.status, 502)
  assert.match(await refused.text(), /rejects the login of user upstream/)
})

test('faults apply to the proxy as well', async () => {
  await using fixture = await withRepository()
  fixture.faults.add({ operation: 'registry:PUT manifests', kind: 'error5xx' })

  assert.equal((await fixture.push('hello', 'v1', 'content')).status, 503)
  assert.equal((await fixture.push('hello', 'v1', 'content')).status, 201)
})
