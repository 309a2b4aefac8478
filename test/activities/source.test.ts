import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { execa } from 'execa'
import { discard } from '../../activities/source/checkout.ts'
import { failsAs, inActivity } from '../unit/activities/in-activity.ts'
import { checkOutSource, release } from './check-out.ts'
import { makeRepository } from './git-repository.ts'
import { temporaryFolder } from '../temporary-folder.ts'

describe('checking out the source', async () => {
  const folder = temporaryFolder()

  test('returns the files of exactly that commit, even if the branch has moved on', async () => {
    const repository = await makeRepository(join(folder, 'exact'))
    const commit = await repository.commit('First', { file: 'one' })
    await repository.commit('Second', { file: 'two' })
    const source = { release, repository: repository.path, commit }
    const { path, subject } = await checkOutSource(join(folder, 'cache'), source)
    assert.equal(await readFile(join(path, 'file'), 'utf8'), 'one')
    assert.equal(subject, 'First')
  })

  test('ignores uncommitted changes', async () => {
    const repository = await makeRepository(join(folder, 'dirty'))
    const commit = await repository.commit('First', { file: 'committed' })
    await writeFile(join(repository.path, 'file'), 'not committed')
    const source = { release, repository: repository.path, commit }
    const { path } = await checkOutSource(join(folder, 'cache'), source)
    assert.equal(await readFile(join(path, 'file'), 'utf8'), 'committed')
  })

  test('reuses a complete worktree, and recreates an incomplete one', async () => {
    const cache = join(folder, 'again')
    const repository = await makeRepository(join(folder, 'repeat'))
    const commit = await repository.commit('First', { file: 'one' })
    const source = { release, repository: repository.path, commit }
    const { path } = await checkOutSource(cache, source)
    await writeFile(join(path, 'built'), '')
    await checkOutSource(cache, source)
    assert.equal(existsSync(join(path, 'built')), true)
    await rm(`${path}.ready`)
    await writeFile(join(path, 'file'), 'half written')
    await checkOutSource(cache, source)
    assert.equal(await readFile(join(path, 'file'), 'utf8'), 'one')
    assert.equal(existsSync(join(path, 'built')), false)
  })

  test('serves many concurrent releases of different commits from one clone', async () => {
    const cache = join(folder, 'many')
    const repository = await makeRepository(join(folder, 'busy'))
    const commits: string[] = []
    for (const n of [1, 2, 3]) commits.push(await repository.commit(`Number ${n}`, { n: `${n}` }))
    const sources = await Promise.all(
      [...commits, ...commits].map((commit, index) =>
        checkOutSource(cache, { release: `release/${index}`, repository: repository.path, commit }),
      ),
    )
    const contents = await Promise.all(sources.map(({ path }) => readFile(join(path, 'n'), 'utf8')))
    assert.deepEqual(contents, ['1', '2', '3', '1', '2', '3'])
    assert.equal((await readdir(join(cache, 'mirrors'))).length, 1)
  })

  test('finds a commit that is on no branch, and one in a shallow clone', async () => {
    const repository = await makeRepository(join(folder, 'hidden'))
    await repository.commit('First', { file: 'one' })
    const lost = await repository.commit('Lost', { file: 'lost' })
    await repository.git('reset', '--quiet', '--hard', 'HEAD~1')
    await repository.commit('Last', { file: 'last' })
    const { path } = await checkOutSource(join(folder, 'cache-hidden'), {
      release,
      repository: repository.path,
      commit: lost,
    })
    assert.equal(await readFile(join(path, 'file'), 'utf8'), 'lost')
    const shallow = join(folder, 'shallow')
    await execa('git', ['clone', '-q', '--depth', '1', `file://${repository.path}`, shallow])
    const { stdout: commit } = await execa('git', ['rev-parse', 'HEAD'], { cwd: shallow })
    const found = await checkOutSource(join(folder, 'cache-shallow'), {
      release,
      repository: shallow,
      commit,
    })
    assert.equal(found.subject, 'Last')
  })

  test('names the missing commit and the repository', async () => {
    const repository = await makeRepository(join(folder, 'without'))
    await repository.commit('First', {})
    const commit = 'f'.repeat(40)
    await assert.rejects(
      checkOutSource(join(folder, 'cache'), { release, repository: repository.path, commit }),
      failsAs('PreconditionFailed', commit, repository.path, 'Push it'),
    )
  })

  test('reports a repository that cannot be read', async () => {
    const repository = join(folder, 'nowhere')
    await assert.rejects(
      checkOutSource(join(folder, 'cache'), { release, repository, commit: 'a'.repeat(40) }),
      failsAs('PreconditionFailed', repository, 'git ls-remote'),
    )
  })

  test('removes the worktree of a release', async () => {
    const cache = join(folder, 'sweep')
    const repository = await makeRepository(join(folder, 'swept'))
    const commit = await repository.commit('First', {})
    const source = { release, repository: repository.path, commit }
    const { path } = await checkOutSource(cache, source)
    await inActivity(() => discard(cache, source))
    assert.equal(existsSync(path), false)
    assert.deepEqual(await readdir(join(cache, 'worktrees')), [])
    await inActivity(() => discard(cache, source))
  })

  test('takes over the lock of an older builder that died while it held the clone', async () => {
    const cache = join(folder, 'dead')
    const repository = await makeRepository(join(folder, 'killed'))
    const commit = await repository.commit('First', {})
    const source = { release, repository: repository.path, commit }
    await checkOutSource(cache, source)
    const [mirror] = await readdir(join(cache, 'mirrors'))
    const lock = join(cache, 'mirrors', `${mirror}.lock`)
    await mkdir(lock)
    const longAgo = new Date('2020-01-01')
    await utimes(lock, longAgo, longAgo)
    assert.equal((await checkOutSource(cache, source)).subject, 'First')
  })
})
