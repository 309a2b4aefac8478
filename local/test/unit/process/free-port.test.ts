import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { freePort } from '../../../process/free-port.ts'

test('the preferred port is given when it is free, and another one when it is taken', async (t) => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  t.after(() => server.close())
  const other = await freePort(port)
  assert.notEqual(other, port)
  assert.equal(await freePort(other), other)
})
