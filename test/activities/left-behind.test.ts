import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { lutimes, mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { CancelledFailure } from '@temporalio/common'
import { execa } from 'execa'
import { cleanUp, createBuilderActivities } from '../../activities/index.ts'
import { ownerIn } from '../../activities/cache/owner.ts'
import { checkOut } from '../../activities/source/checkout.ts'
import type { SourceRef } from '../../contract/activity-types.ts'
import { isAlive } from '../../local/process/process.ts'
import { until } from '../../local/process/until.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { inActivity } from '../unit/activities/in-activity.ts'
import { checkOutSource, release } from './check-out.ts'
import { makeRepository } from './git-repository.ts'
import { builders, contentOf, endlessFilter, type Deed } from './killable-builder.ts'

const ended = () => Promise.resolve(false)
const stillRunning = () => Promise.resolve(true)

describe('what a builder leaves in its cache', async () => {
  const folder = temporaryFolder()
  const { start, killAll } = builders()
  const repository = await makeRepository(join(folder, 'repository'))
  const commit = await repository.commit('First', { file: 'one' })
  const slow = await makeRepository(join(folder, 'slow'))
  const slowCommit = await slow.commit('Slow', {
    '.gitattributes': '*.slow filter=slow',
    'a.slow': '',
  })
  const source: SourceRef = { release, repository: repository.path, commit }
  const slowSource: SourceRef = { release, repository: slow.path, commit: slowCommit }
  let count = 0

  after(killAll)

  const newCache = () => join(folder, `cache-${(count += 1)}`)

  const builder = (what: Deed, cache: string, of = source) => start(what, cache, of)

  test('a login is removed once the process that made it has been killed', async () => {
    const cache = newCache()
    const login = await builder('log in', cache)
    await cleanUp(cache, ended)
    const [name = ''] = await contentOf(cache, 'logins')
    assert.equal(await readFile(join(cache, 'logins', name, 'token'), 'utf8'), 'secret')
    await login.kill()
    assert.deepEqual(await cleanUp(cache, ended), [`login ${name}`])
    assert.deepEqual(await contentOf(cache, 'logins'), [])
  })

  test('a checkout is removed if the process was killed in the middle of it, and git with it', async () => {
    const cache = newCache()
    const checkingOut = await builder('check out', cache, slowSource)
    assert.deepEqual(await cleanUp(cache, ended), [])
    const [mirror = ''] = await contentOf(cache, 'mirrors')
    assert.equal((await contentOf(cache, 'worktrees')).length, 2)
    assert.ok(isAlive(checkingOut.pid))
    await checkingOut.kill()
    await until(async () => !isAlive(checkingOut.pid), { what: 'git to end', timeoutMs: 10_000 })
    assert.equal((await cleanUp(cache, ended)).length, 1)
    assert.deepEqual(await contentOf(cache, 'worktrees'), [])
    assert.deepEqual(await contentOf(cache, 'mirrors'), [mirror])
    const { stdout } = await execa('git', ['worktree', 'list'], {
      cwd: join(cache, 'mirrors', mirror),
    })
    assert.equal(stdout.split('\n').length, 1)
  })

  test('a complete checkout stays while its process lives or its release runs', async () => {
    const cache = newCache()
    const holder = await builder('check out', cache)
    const asked: string[] = []
    const ask = (answer: boolean) => (id: string) => {
      asked.push(id)
      return Promise.resolve(answer)
    }
    assert.deepEqual(await cleanUp(cache, ask(false)), [])
    await holder.kill()
    assert.deepEqual(await cleanUp(cache, ask(true)), [])
    const { path } = await checkOutSource(cache, source)
    assert.deepEqual(await cleanUp(cache, ask(true)), [])
    assert.equal(await readFile(join(path, 'file'), 'utf8'), 'one')
    assert.equal((await cleanUp(cache, ask(false))).length, 1)
    assert.deepEqual(await contentOf(cache, 'worktrees'), [])
    assert.deepEqual(new Set(asked), new Set([release]))
  })

  test('a checkout that is cancelled is removed at once', async () => {
    const cache = newCache()
    const pidFile = join(folder, 'cancelled')
    let cancel: (() => void) | undefined
    const variables = endlessFilter(pidFile)
    Object.assign(process.env, variables)
    try {
      const checkingOut = inActivity(() => checkOut(cache, slowSource), {
        onHeartbeat: (_details, cancelActivity) => (cancel = cancelActivity),
      })
      await until(async () => existsSync(pidFile), { what: 'the checkout', timeoutMs: 60_000 })
      cancel?.()
      await assert.rejects(checkingOut, CancelledFailure)
    } finally {
      for (const name of Object.keys(variables)) delete process.env[name]
    }
    assert.deepEqual(await contentOf(cache, 'worktrees'), [])
    const [mirror = '', ...others] = await contentOf(cache, 'mirrors')
    assert.deepEqual(others, [])
    assert.deepEqual(await contentOf(join(cache, 'mirrors', mirror), 'worktrees'), [])
  })

  test('a checkout that its own release could not remove is removed by the next release', async () => {
    const cache = newCache()
    const forgotten = await checkOutSource(cache, source)
    const activities = createBuilderActivities({
      hostQueue: 'here',
      cacheDir: cache,
      isRunning: ended,
    })
    await inActivity(() => activities.discardSource({ ...source, release: 'release/production/2' }))
    assert.equal(existsSync(forgotten.path), false)
    assert.deepEqual(await contentOf(cache, 'worktrees'), [])
  })

  test('a lock is taken over from a process that was killed, with what git left undone', async () => {
    const cache = newCache()
    await checkOutSource(cache, source)
    const holder = await builder('write the configuration of the clone', cache)
    await holder.kill()
    const startedAt = Date.now()
    const { path } = await checkOutSource(cache, { ...source, release: 'release/production/2' })
    assert.equal(await readFile(join(path, 'file'), 'utf8'), 'one')
    assert.equal(Date.now() - startedAt < 15_000, true)
    const [mirror = ''] = await contentOf(cache, 'mirrors')
    assert.equal(existsSync(join(cache, 'mirrors', mirror, 'config.lock')), false)
    assert.deepEqual(await contentOf(cache, `mirrors/${mirror}/objects/pack`), [])
  })

  test('a lock is not taken over from a process that is only stopped, however long', async () => {
    const cache = newCache()
    await checkOutSource(cache, source)
    const holder = await builder('write the configuration of the clone', cache)
    process.kill(holder.pid, 'SIGSTOP')
    const locks = (await contentOf(cache, 'mirrors')).filter((name) => name.endsWith('.lock'))
    const longAgo = new Date('2020-01-01')
    for (const name of locks) await lutimes(join(cache, 'mirrors', name), longAgo, longAgo)
    const waiting = checkOutSource(cache, source)
    const first = await Promise.race([waiting.then(() => 'taken over'), setTimeout(2_000, 'held')])
    assert.equal(first, 'held')
    await holder.kill()
    await waiting
  })

  test('many builders that find the lock of a dead one take it over one after the other', async () => {
    const cache = newCache()
    await checkOutSource(cache, source)
    const holder = await builder('write the configuration of the clone', cache)
    await holder.kill()
    const releases = Array.from({ length: 6 }, (_, n) => ({ ...source, release: `release/p/${n}` }))
    const checkouts = await Promise.all(releases.map((one) => checkOutSource(cache, one)))
    assert.equal(new Set(checkouts.map(({ path }) => path)).size, 6)
    assert.deepEqual(
      (await contentOf(cache, 'mirrors')).filter((name) => !name.endsWith('.git')),
      [],
    )
  })

  test('the marks of processes that have ended are removed, and none of a living one', async () => {
    const cache = newCache()
    const [living, dead] = await Promise.all([builder('log in', cache), builder('log in', cache)])
    await checkOutSource(cache, source)
    assert.equal((await contentOf(cache, 'owners')).length, 3)
    await dead.kill()
    await cleanUp(cache, ended)
    assert.equal((await contentOf(cache, 'owners')).length, 2)
    await living.kill()
  })

  test('a process is one owner, however many of its steps begin at once', async () => {
    const cache = newCache()
    const all = () => Promise.all(Array.from({ length: 5 }, () => ownerIn(cache)))
    const first = await all()
    assert.deepEqual(await contentOf(cache, 'owners'), [...new Set(first)])
    await rm(cache, { recursive: true })
    const second = await all()
    assert.deepEqual(await contentOf(cache, 'owners'), [...new Set(second)])
  })

  test('a process of another machine that shares the cache lives as long as it says so', async () => {
    const cache = newCache()
    const owner = `${'0'.repeat(12)}-11111111-2222-3333-4444-555555555555`
    await mkdir(join(cache, 'logins', `${owner}.x`), { recursive: true })
    await mkdir(join(cache, 'owners'))
    await writeFile(join(cache, 'owners', owner), '')
    await mkdir(join(cache, 'mirrors'))
    await symlink(owner, join(cache, 'mirrors', 'x.git.lock.breaking'))
    assert.deepEqual(await cleanUp(cache, ended), [])
    const minutesAgo = new Date(Date.now() - 120_000)
    await utimes(join(cache, 'owners', owner), minutesAgo, minutesAgo)
    assert.deepEqual(await cleanUp(cache, ended), [`login ${owner}.x`])
    assert.deepEqual(await contentOf(cache, 'mirrors'), [])
  })

  test('a process lives as long as it says so where there are no pipes', async () => {
    const cache = newCache()
    const { PATH: path } = process.env
    process.env['PATH'] = '/nowhere'
    const owner = await ownerIn(cache).finally(() => (process.env['PATH'] = path))
    await cleanUp(cache, ended)
    assert.deepEqual(await contentOf(cache, 'owners'), [owner])
    const minutesAgo = new Date(Date.now() - 120_000)
    await utimes(join(cache, 'owners', owner), minutesAgo, minutesAgo)
    await cleanUp(cache, ended)
    assert.equal((await contentOf(cache, 'owners')).includes(owner), false)
  })

  test('what an older version left is removed by its age', async () => {
    const cache = newCache()
    for (const name of ['logins/login-old', 'logins/login-new', 'worktrees/old', 'worktrees/new']) {
      await mkdir(join(cache, name), { recursive: true })
    }
    const longAgo = new Date('2020-01-01')
    for (const name of ['logins/login-old', 'worktrees/old']) {
      await utimes(join(cache, name), longAgo, longAgo)
    }
    await cleanUp(cache, stillRunning)
    assert.deepEqual(await contentOf(cache, 'logins'), ['login-new'])
    assert.deepEqual(await contentOf(cache, 'worktrees'), ['new'])
    await rm(cache, { recursive: true })
    assert.deepEqual(await cleanUp(cache, ended), [])
  })
})
