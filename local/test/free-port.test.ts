import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { freePort, requireFreePort } from '../process/free-port.ts'

test('a free port is none that the system hands out to others by itself', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()))
  for (const port of ports) assert.ok(port >= 20_000 && port < 32_768, String(port))
})

test('a port that is taken is refused where it is required, and avoided where it is preferred', async () => {
  const wanted = await freePort()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve))
  try {
    assert.notEqual(await freePort(wanted), wanted)
    await assert.rejects(requireFreePort(wanted, 'a test'), /wanted for a test, is taken/)
  } finally {
    server.close()
  }
  assert.equal(await freePort(wanted), wanted)
})
