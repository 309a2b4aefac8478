import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { test, type TestContext } from 'node:test'
import { freePort } from '../../../process/free-port.ts'
import { choosePorts } from '../../../stack/ports.ts'
import { temporaryFolder } from '../../../../test/temporary-folder.ts'

const any = { temporal: 0, temporalUi: 0, aws: 0, ecr: 0, app: 0 }

async function occupy(t: TestContext, port: number): Promise<number> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

test('a stack has the ports that were asked for, and the same ones the next time', async () => {
  const folder = temporaryFolder()
  const wanted = await freePort()
  const first = await choosePorts(folder, { ...any, temporal: wanted })
  assert.equal(first.temporal, wanted)
  assert.deepEqual(await choosePorts(folder, any), first)
})

test('a port that is taken is replaced by a free one', async (t) => {
  const folder = temporaryFolder()
  const taken = await occupy(t, 0)
  const { app } = await choosePorts(folder, { ...any, app: taken })
  assert.notEqual(app, taken)
})

test('a registry that cannot be where its images were pushed to is refused, with what to do', async (t) => {
  const folder = temporaryFolder()
  const { ecr } = await choosePorts(folder, any)
  await occupy(t, ecr)
  await assert.rejects(choosePorts(folder, any), new RegExp(`Port ${ecr} .*slipway local down`))
})

test('a damaged list of ports is as good as none', async () => {
  const folder = temporaryFolder()
  for (const text of ['{', '7', '{"temporal":"x","toString":1}']) {
    await writeFile(path.join(folder, 'ports.json'), text)
    assert.equal(Object.values(await choosePorts(folder, any)).every(Number.isInteger), true)
  }
})
