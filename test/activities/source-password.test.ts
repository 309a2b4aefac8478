import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { execa } from 'execa'
import { checkOut } from '../../activities/source/checkout.ts'
import { failsAs, inActivity } from '../unit/activities/in-activity.ts'
import { checkOutSource, release } from './check-out.ts'
import { temporaryFolder } from '../temporary-folder.ts'

describe('checking out the source', async () => {
  const folder = temporaryFolder()

  test('keeps the password of a URL out of files, logs and messages', async () => {
    const cache = join(folder, 'secret')
    const logged: string[] = []
    const source = {
      release,
      repository: 'https://somebody:hunter2@127.0.0.1:1/repository.git',
      commit: 'a'.repeat(40),
    }
    await assert.rejects(
      inActivity(() => checkOut(cache, source), { onLog: (message) => logged.push(message) }),
      (error: Error) => {
        assert.match(error.message, /https:\/\/127\.0\.0\.1:1\/repository\.git/)
        assert.equal(error.message.includes('hunter2'), false)
        return true
      },
    )
    assert.equal(logged.join('\n').includes('hunter2'), false)
    const { stdout } = await execa('grep', ['-rl', 'hunter2', cache], { reject: false })
    assert.equal(stdout, '')
  })

  test('sends the password of a URL to its server', async () => {
    const seen: (string | undefined)[] = []
    const server = createServer(({ headers }, response) => {
      seen.push(headers.authorization)
      response.writeHead(403).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const repository = `http://some%40body:hunter2@127.0.0.1:${port}/repository.git`
    try {
      await assert.rejects(
        checkOutSource(join(folder, 'cache'), { release, repository, commit: 'a'.repeat(40) }),
        failsAs('PreconditionFailed', 'cannot read'),
      )
    } finally {
      server.close()
    }
    assert.equal(seen[0], `Basic ${Buffer.from('some@body:hunter2').toString('base64')}`)
  })
})
