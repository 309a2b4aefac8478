import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { execa } from 'execa'
import { ensureBaseImage } from '../engine/base-image.ts'
import { ensureEngine, type LocalEngine } from '../engine/engine.ts'
import { copyHello, writeVersion, type HelloHealth } from '../stack/hello.ts'
import { startRegistry, type Registry } from '../stack/registry.ts'
import { until } from '../process/until.ts'

let engine: LocalEngine
let folder = ''
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'))
  engine = await ensureEngine()
})
after(async () => {
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
})

async function docker(args: readonly string[]): Promise<string> {
  const env = { DOCKER_HOST: engine.dockerHost, DOCKER_BUILDKIT: engine.buildKit ? '1' : '0' }
  return (await execa(engine.dockerPath, args, { env })).stdout
}

test('the engine answers the client that was found for it, and a second user shares it', async () => {
  const second = await ensureEngine()
  assert.equal(second.dockerHost, engine.dockerHost)
  await second.stop()
  assert.match(await docker(['version', '--format', '{{.Server.Version}}']), /^\d+\./)
})

test('the base image is made once', async () => {
  const image = await ensureBaseImage(engine)
  const inspect = ['image', 'inspect', '--format', '{{.Id}}', image]
  const id = await docker(inspect)
  await ensureBaseImage(engine)
  assert.equal(await docker(inspect), id)
})

const versions: readonly { health: HelloHealth; answers: string }[] = [
  { health: 'ok', answers: '200 {"status":"ok","version":"v7"}' },
  { health: 'failing', answers: '404' },
  { health: 'crash', answers: 'exited with 1' },
]
for (const { health, answers } of versions) {
  test(`the example's API made ${health} answers ${answers}`, async (t) => {
    await ensureBaseImage(engine)
    const source = path.join(folder, health)
    await copyHello(source)
    await writeVersion(source, 'v7', health)
    const image = await docker(['build', '--quiet', '--target', 'api', source])
    const id = await docker(['run', '--detach', '--publish', '127.0.0.1::8080', image])
    t.after(() => docker(['rm', '--force', id]))
    assert.equal(await heardFrom(id), answers)
    // It stops when asked, long before the engine would kill it.
    await docker(['stop', '--time', '30', id])
    const state = await docker(['inspect', '--format', '{{.State.ExitCode}}', id])
    assert.equal(state, health === 'crash' ? '1' : '0')
  })
}

async function heardFrom(id: string): Promise<string> {
  let heard = ''
  await until(
    async () => {
      const state = '{{.State.Status}} with {{.State.ExitCode}}'
      const status = await docker(['inspect', '--format', state, id])
      if (status.startsWith('exited')) {
        heard = status
        return true
      }
      const [address = ''] = (await docker(['port', id, '8080'])).split('\n')
      const response = await fetch(`http://${address}/health`)
      const body = await response.text()
      heard = response.ok ? `${response.status} ${body.trim()}` : `${response.status}`
      return true
    },
    { what: 'the API to answer or to exit', timeoutMs: 20_000 },
  )
  return heard
}

async function catalog({ url, username }: Registry, password: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  return (await fetch(`${url}/v2/_catalog`, { headers: { authorization } })).status
}

test('the registry takes its own password only, keeps no plain text of it, and is on loopback only', async (t) => {
  const dataDir = path.join(folder, 'registry')
  const registry = await startRegistry({ dataDir, engine })
  t.after(registry.stop)
  assert.equal(await catalog(registry, registry.password), 200)
  assert.equal(await catalog(registry, 'wrong'), 401)
  const kept = await readFile(path.join(dataDir, 'htpasswd'), 'utf8')
  assert.doesNotMatch(kept, new RegExp(registry.password))
  const { port } = new URL(registry.url)
  for (const address of otherAddresses()) {
    await assert.rejects(fetch(`http://${address}:${port}/v2/`), `answers on ${address}`)
  }
})

function otherAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}
