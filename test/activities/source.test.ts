import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { execa } from 'execa'
import { checkOut, discard } from '../../activities/source.ts'
import type { SourceRef } from '../../activities/types.ts'
import { failsAs, inActivity } from '../unit/activities/in-activity.ts'
import { makeRepository } from './git-repository.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const checkedOut = (cache: string, source: SourceRef) => inActivity(() => checkOut(cache, source))

const release = 'release/production/1'

/** Names that are options, commands or line ends to somebody who takes them for code. */
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

  test('gives the files of exactly that commit, whatever the branch has by now', async () => {
    const repository = await makeRepository(join(folder, 'exact'))
    const commit = await repository.commit('First', { file: 'one' })
    await repository.commit('Second', { file: 'two' })
    const source = { release, repository: repository.path, commit }
    const { path, subject } = await checkedOut(join(folder, 'cache'), source)
    assert.equal(await readFile(join(path, 'file'), 'utf8'), 'one')
    assert.equal(subject, 'First')
  })

  test('ignores what is not committed', async () => {
    const repository = await makeRepository(join(folder, 'dirty'))
    const commit = await repository.commit('First', { file: 'committed' })
    await writeFile(join(repository.path, 'file'), 'not committed')
    const source = { release, repository: repository.path, commit }
    const { path } = await checkedOut(join(folder, 'cache'), source)
    assert.equal(await readFile(join(path, 'file'), 'utf8'), 'committed')
  })

  test('keeps the worktree when asked again, and makes it anew when it was left half done', async () => {
    const cache = join(folder, 'again')
    const repository = await makeRepository(join(folder, 'repeat'))
    const commit = await repository.commit('First', { file: 'one' })
    const source = { release, repository: repository.path, commit }
    const { path } = await checkedOut(cache, source)
    await writeFile(join(path, 'built'), '')
    await checkedOut(cache, source)
    assert.equal(existsSync(join(path, 'built')), true)
    await rm(`${path}.ready`)
    await writeFile(join(path, 'file'), 'half written')
    await checkedOut(cache, source)
    assert.equal(await readFile(join(path, 'file'), 'utf8'), 'one')
    assert.equal(existsSync(join(path, 'built')), false)
  })

  test('serves many releases of many commits at once from one clone', async () => {
    const cache = join(folder, 'many')
    const repository = await makeRepository(join(folder, 'busy'))
    const commits: string[] = []
    for (const n of [1, 2, 3]) commits.push(await repository.commit(`Number ${n}`, { n: `${n}` }))
    const sources = await Promise.all(
      [...commits, ...commits].map((commit, index) =>
        checkedOut(cache, { release: `release/${index}`, repository: repository.path, commit }),
      ),
    )
    const contents = await Promise.all(sources.map(({ path }) => readFile(join(path, 'n'), 'utf8')))
    assert.deepEqual(contents, ['1', '2', '3', '1', '2', '3'])
    assert.equal((await readdir(join(cache, 'mirrors'))).length, 1)
  })

  test('finds a commit that no branch has, and one in a shallow clone', async () => {
    const repository = await makeRepository(join(folder, 'hidden'))
    await repository.commit('First', { file: 'one' })
    const lost = await repository.commit('Lost', { file: 'lost' })
    await repository.git('reset', '--quiet', '--hard', 'HEAD~1')
    await repository.commit('Last', { file: 'last' })
    const { path } = await checkedOut(join(folder, 'cache-hidden'), {
      release,
      repository: repository.path,
      commit: lost,
    })
    assert.equal(await readFile(join(path, 'file'), 'utf8'), 'lost')
    const shallow = join(folder, 'shallow')
    await execa('git', ['clone', '-q', '--depth', '1', `file://${repository.path}`, shallow])
    const { stdout: commit } = await execa('git', ['rev-parse', 'HEAD'], { cwd: shallow })
    const found = await checkedOut(join(folder, 'cache-shallow'), {
      release,
      repository: shallow,
      commit,
    })
    assert.equal(found.subject, 'Last')
  })

  test('says which commit is missing where', async () => {
    const repository = await makeRepository(join(folder, 'without'))
    await repository.commit('First', {})
    const commit = 'f'.repeat(40)
    await assert.rejects(
      checkedOut(join(folder, 'cache'), { release, repository: repository.path, commit }),
      failsAs('Rejected', commit, repository.path, 'Push it'),
    )
  })

  test('says that a repository cannot be read', async () => {
    const repository = join(folder, 'nowhere')
    await assert.rejects(
      checkedOut(join(folder, 'cache'), { release, repository, commit: 'a'.repeat(40) }),
      failsAs('Rejected', repository, 'git ls-remote'),
    )
  })

  test('runs nothing that a repository address or a commit id asks for', async () => {
    const owned = join(folder, 'owned')
    await assert.rejects(
      checkedOut(folder, {
        release,
        repository: `ext::sh -c touch% ${owned}`,
        commit: 'a'.repeat(40),
      }),
      failsAs('Rejected', 'ext::'),
    )
    await assert.rejects(
      checkedOut(folder, {
        release,
        repository: `--upload-pack=touch ${owned}`,
        commit: 'a'.repeat(40),
      }),
      failsAs('Rejected'),
    )
    await assert.rejects(
      checkedOut(folder, { release, repository: folder, commit: '--output=x' }),
      failsAs('Rejected', '40 hexadecimal digits'),
    )
    assert.equal(existsSync(owned), false)
  })

  for (const name of hostile) {
    test(`takes ${JSON.stringify(name)} for data in paths, branches, messages and release ids`, async () => {
      const home = join(folder, 'hostile', Buffer.from(name).toString('hex'))
      const repository = await makeRepository(join(home, name))
      const commit = await repository.commit(name, { [name]: name })
      const source = { release: `release/${name}`, repository: repository.path, commit }
      const { path, subject } = await checkedOut(join(home, 'cache'), source)
      assert.equal(await readFile(join(path, name), 'utf8'), name)
      assert.equal(subject, name.split('\n').join(' '))
      assert.deepEqual((await readdir(home)).toSorted(), ['cache', name].toSorted())
      assert.equal(existsSync(join(path, 'owned')), false)
    })
  }

  test('runs no hook, not even one that git has been told to run everywhere', async () => {
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
      await checkedOut(join(folder, 'cache'), { release, repository: repository.path, commit })
    } finally {
      delete process.env['GIT_CONFIG_COUNT']
    }
    assert.equal(existsSync(join(folder, 'hook-ran')), false)
  })

  test('keeps the password of an address out of files, logs and messages', async () => {
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

  test('sends the password of an address to its server all the same', async () => {
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
        checkedOut(join(folder, 'cache'), { release, repository, commit: 'a'.repeat(40) }),
        failsAs('Rejected', 'cannot read'),
      )
    } finally {
      server.close()
    }
    assert.equal(seen[0], `Basic ${Buffer.from('some@body:hunter2').toString('base64')}`)
  })

  test('removes the worktree of a release, and those that dead releases left behind', async () => {
    const cache = join(folder, 'sweep')
    const repository = await makeRepository(join(folder, 'swept'))
    const commit = await repository.commit('First', {})
    const one = { release: 'release/one', repository: repository.path, commit }
    const two = { ...one, release: 'release/two' }
    const dead = await checkedOut(cache, one)
    const longAgo = new Date('2020-01-01')
    await utimes(dead.path, longAgo, longAgo)
    const live = await checkedOut(cache, two)
    assert.equal(existsSync(dead.path), false)
    await inActivity(() => discard(cache, two))
    assert.equal(existsSync(live.path), false)
    await inActivity(() => discard(cache, two))
  })

  test('takes over from a builder that died while it held the clone', async () => {
    const cache = join(folder, 'dead')
    const repository = await makeRepository(join(folder, 'killed'))
    const commit = await repository.commit('First', {})
    const source = { release, repository: repository.path, commit }
    await checkedOut(cache, source)
    const [mirror] = await readdir(join(cache, 'mirrors'))
    const lock = join(cache, 'mirrors', `${mirror}.lock`)
    await mkdir(lock)
    const longAgo = new Date('2020-01-01')
    await utimes(lock, longAgo, longAgo)
    assert.equal((await checkedOut(cache, source)).subject, 'First')
  })

  test('refuses a submodule that is a path of this host (CVE-2022-39253)', async () => {
    const library = await makeRepository(join(folder, 'library'))
    await library.commit('Library', { code: 'shared' })
    const repository = await makeRepository(join(folder, 'with-submodule'))
    const allowed = ['-c', 'protocol.file.allow=always']
    await repository.git(...allowed, 'submodule', 'add', library.path, 'lib')
    const commit = await repository.commit('First', {})
    const source = { release, repository: repository.path, commit }
    await assert.rejects(
      checkedOut(join(folder, 'cache'), source),
      failsAs('Rejected', 'submodule', "transport 'file' not allowed"),
    )
  })
})
