import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { startLoadBalancer, type Target } from '../../../stack/load-balancer.ts'
import { freePort } from '../../../process/free-port.ts'

async function target(t: TestContext, says: string): Promise<Target> {
  const server = createServer((_request, response) => response.end(says))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

async function door(t: TestContext, targets: () => Promise<readonly Target[]>) {
  const opened = await startLoadBalancer(0, targets)
  t.after(opened.stop)
  const ask = async () => {
    const response = await fetch(opened.url, { headers: { connection: 'close' } })
    return response.text()
  }
  return ask
}

test('healthy targets answer in turn', async (t) => {
  const targets = [await target(t, 'one'), await target(t, 'two')]
  const ask = await door(t, async () => targets)
  assert.deepEqual([await ask(), await ask(), await ask()], ['one', 'two', 'one'])
})

test('a new target is used from the next connection on', async (t) => {
  let targets = [await target(t, 'old')]
  const ask = await door(t, async () => targets)
  assert.equal(await ask(), 'old')
  targets = [await target(t, 'new')]
  assert.equal(await ask(), 'new')
})

test('no target, a dead one or no answer about them closes the connection, and the door stays', async (t) => {
  const alive = await target(t, 'alive')
  const dead = { host: '127.0.0.1', port: await freePort() }
  const throttled = Promise.reject<Target[]>(new Error('throttled'))
  throttled.catch(() => {})
  const answers = [Promise.resolve([]), Promise.resolve([dead]), throttled]
  const ask = await door(t, () => answers.shift() ?? Promise.resolve([alive]))
  await assert.rejects(ask())
  await assert.rejects(ask())
  await assert.rejects(ask())
  assert.equal(await ask(), 'alive')
})
