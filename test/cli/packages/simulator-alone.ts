import assert from 'node:assert/strict'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { execa } from 'execa'
import { installPackages, type PackedPackages, top } from './packed-packages.ts'

/** What the simulator does without the other packages. */
export function testSimulatorAlone(packed: () => PackedPackages): void {
  describe('slipway-simulator alone', () => {
    let folder: string

    before(async () => {
      folder = await installPackages(packed().archiveOf('slipway-simulator'))
    })

    test('its command has a help, starts, and answers the protocols of AWS', async () => {
      const help = await packed().run(folder, 'slipway-simulator', '--help')
      assert.equal(help.exitCode, 0)
      assert.match(
        help.stdout,
        /^Usage: slipway-simulator [^]*npx slipway-simulator --runtime scripted/,
      )
      const options = ['--runtime', 'scripted', '--port', '0']
      const simulator = packed().run(folder, 'slipway-simulator', ...options)
      let answer: unknown
      for await (const line of simulator.iterable()) {
        const url = /^AWS endpoint +(http:\S+)/.exec(line)?.[1]
        if (url === undefined) continue
        const target = 'AmazonEC2ContainerServiceV20141113.ListClusters'
        const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target }
        answer = await (await fetch(url, { method: 'POST', headers, body: '{}' })).json()
        simulator.kill('SIGTERM')
      }
      const { exitCode, stderr } = await simulator
      assert.equal(exitCode, 0, stderr)
      assert.deepEqual(answer, { clusterArns: [] })
    })

    test('a program starts it as its README says', async () => {
      const readme = await readFile(
        join(folder, 'node_modules/slipway-simulator/README.md'),
        'utf8',
      )
      const snippet = /```js\n([^]*?)```/.exec(readme)?.[1]
      assert.ok(snippet)
      // The README has its reader install AWS's client as well.
      await symlink(join(top, 'node_modules/@aws-sdk'), join(folder, 'node_modules/@aws-sdk'))
      await writeFile(join(folder, 'snippet.js'), snippet)
      const { exitCode, stdout, stderr } = await execa(process.execPath, ['snippet.js'], {
        cwd: folder,
        reject: false,
        timeout: 60_000,
      })
      assert.equal(exitCode, 0, stderr)
      assert.match(stdout, /arn:aws:ecs:us-east-1:000000000000:cluster\/demo/)
    })
  })
}
