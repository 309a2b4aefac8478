import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { execa } from 'execa'

function simulator(args: readonly string[], env: Record<string, string> = {}) {
  return execa(process.execPath, ['simulator/main.ts', ...args], { env, reject: false })
}

async function errorOf(...args: readonly string[]): Promise<string> {
  const { exitCode, stderr } = await simulator(args)
  assert.equal(exitCode, 1)
  return stderr
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`the program prints its addresses, serves, and exits with 0 on ${signal}`, async () => {
    const running = simulator(['--runtime', 'scripted', '--port', '0'])
    const output = new Promise<string>((resolve) => {
      let text = ''
      running.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (text.includes('Ctrl-C')) resolve(text)
      })
    })

    const url = /AWS endpoint +(http:\S+)/.exec(await output)?.[1]
    const health = await fetch(`${url}/_simulator/health`)
    assert.deepEqual(await health.json(), { status: 'ok' })

    running.kill(signal)
    assert.equal((await running).exitCode, 0)
  })

test('an invalid option is rejected with what is expected', async () => {
  assert.match(await errorOf('--port', '70000'), /from 0 to 65535/)
  assert.match(await errorOf('--runtime', 'podman'), /Allowed choices are docker, scripted/)
  assert.match(await errorOf('--registry', 'http://u:p@h:1'), /SLIPWAY_REGISTRY_PASSWORD/)
  assert.match(await errorOf('--registry', 'http://h:1'), /SLIPWAY_REGISTRY_PASSWORD is not set/)
})

test('a taken port and a missing engine are reported with what to do', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo

  const first = await simulator(['--runtime', 'scripted', '--port', String(port)])
  taken.close()
  const second = await simulator(['--port', '0'], { DOCKER_HOST: 'unix:///nowhere.sock' })

  assert.equal(first.exitCode, 1)
  assert.match(first.stderr, new RegExp(`^Port ${port} on 127.0.0.1, .* is taken .*choose another`))
  assert.equal(second.exitCode, 1)
  assert.match(second.stderr, /^No Docker engine answers at unix:\/\/\/nowhere.sock/)
})
