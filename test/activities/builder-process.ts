import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withLock } from '../../activities/cache/lock.ts'
import { temporaryDockerConfig } from '../../activities/image/docker-config.ts'
import { mirrorOf } from '../../activities/source/mirror.ts'
import type { SourceRef } from '../../contract/activity-types.ts'
import { inActivity } from '../unit/activities/in-activity.ts'
import { checkOutSource } from './check-out.ts'

/**
 * A process that does one thing in a builder's cache and never ends, for a test that kills it:
 * `builder-process.ts <what> <cache folder> <file to write when it is there> <source as JSON>`.
 */
const [what = '', cacheDir = '', reached = '', json = '{}'] = process.argv.slice(2)
const source = JSON.parse(json) as SourceRef
const forever = () => new Promise<never>(() => setInterval(() => {}, 60_000))

switch (what) {
  case 'check out':
    await checkOutSource(cacheDir, source)
    await writeFile(reached, '')
    await forever()
    break
  case 'log in': {
    const engine = { command: 'docker', kind: 'docker', version: '', builder: 'plain' } as const
    const target = {
      engine,
      registry: 'ecr.example.com',
      repository: 'hello',
      cacheDir,
      ownLogins: 'left out',
    } as const
    await writeFile(join(await temporaryDockerConfig(target), 'token'), 'secret')
    await writeFile(reached, '')
    await forever()
    break
  }
  case 'write the configuration of the clone': {
    const mirror = mirrorOf(cacheDir, source.repository)
    await inActivity(() =>
      withLock(mirror.lock, async () => {
        // What git has while it writes, and leaves when it is killed.
        await writeFile(join(mirror.path, 'config.lock'), '')
        await writeFile(join(mirror.path, 'objects/pack/tmp_pack_x'), '')
        await writeFile(reached, '')
        await forever()
      }),
    )
    break
  }
  default:
    throw new Error(`unknown: ${what}`)
}
