import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { failsAs } from '../unit/activities/in-activity.ts'
import { checkOutSource, release } from './check-out.ts'
import { makeRepository } from './git-repository.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** Names that would act as options, commands or line ends if they were ever interpreted. */
const hostile = [
  '--upload-pack=touch owned',
  '-rf',
  '$(touch owned)',
  '`touch owned`',
  `'; touch owned; '`,
  'a "quoted" name',
  'two\nlines',
]

describe('checking out the source', async () => {
  const folder = temporaryFolder()

  test('runs nothing that a repository URL or a commit id asks for', async () => {
    const owned = join(folder, 'owned')
    await assert.rejects(
      checkOutSource(folder, {
        release,
        repository: `ext::sh -c touch% ${owned}`,
        commit: 'a'.repeat(40),
      }),
      failsAs('PreconditionFailed', 'ext::'),
    )
    await assert.rejects(
      checkOutSource(folder, {
        release,
        repository: `--upload-pack=touch ${owned}`,
        commit: 'a'.repeat(40),
      }),
      failsAs('PreconditionFailed'),
    )
    await assert.rejects(
      checkOutSource(folder, { release, repository: folder, commit: '--output=x' }),
      failsAs('PreconditionFailed', '40 hexadecimal digits'),
    )
    assert.equal(existsSync(owned), false)
  })

  for (const name of hostile) {
    test(`treats ${JSON.stringify(name)} as data in paths, messages and release ids`, async () => {
      const home = join(folder, 'hostile', Buffer.from(name).toString('hex'))
      const repository = await makeRepository(join(home, name))
      const commit = await repository.commit(name, { [name]: name })
      const source = { release: `release/${name}`, repository: repository.path, commit }
      const { path, subject } = await checkOutSource(join(home, 'cache'), source)
      assert.equal(await readFile(join(path, name), 'utf8'), name)
      assert.equal(subject, name.split('\n').join(' '))
      assert.deepEqual((await readdir(home)).toSorted(), ['cache', name].toSorted())
      assert.equal(existsSync(join(path, 'owned')), false)
    })
  }

  test("runs no hook, not even one from git's global configuration", async () => {
    const repository = await makeRepository(join(folder, 'hooked'))
    const commit = await repository.commit('First', { file: 'one' })
    const hooks = join(folder, 'hooks')
    await mkdir(hooks)
    await writeFile(join(hooks, 'post-checkout'), `#!/bin/sh\ntouch ${folder}/hook-ran\n`, {
      mode: 0o755,
    })
    process.env['GIT_CONFIG_COUNT'] = '1'
    process.env['GIT_CONFIG_KEY_0'] = 'core.hooksPath'
    process.env['GIT_CONFIG_VALUE_0'] = hooks
    try {
      await checkOutSource(join(folder, 'cache'), { release, repository: repository.path, commit })
    } finally {
      delete process.env['GIT_CONFIG_COUNT']
    }
    assert.equal(existsSync(join(folder, 'hook-ran')), false)
  })

  test('rejects a submodule that is a path on this host (CVE-2022-39253)', async () => {
    const library = await makeRepository(join(folder, 'library'))
    await library.commit('Library', { code: 'shared' })
    const repository = await makeRepository(join(folder, 'with-submodule'))
    const allowed = ['-c', 'protocol.file.allow=always']
    await repository.git(...allowed, 'submodule', 'add', library.path, 'lib')
    const commit = await repository.commit('First', {})
    const source = { release, repository: repository.path, commit }
    await assert.rejects(
      checkOutSource(join(folder, 'cache'), source),
      failsAs('PreconditionFailed', 'submodule', "transport 'file' not allowed"),
    )
  })
})
