import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { findBranch } from '../../activities/source/branch.ts'
import { failsAs, inActivity } from '../unit/activities/in-activity.ts'
import { makeRepository } from './git-repository.ts'
import { temporaryFolder } from '../temporary-folder.ts'

describe('finding the newest commit of a branch', async () => {
  const folder = temporaryFolder()
  const cache = join(folder, 'cache')
  const repository = await makeRepository(join(folder, 'origin'))
  const find = (branch?: string) =>
    inActivity(() =>
      findBranch(cache, {
        repository: repository.path,
        ...(branch === undefined ? {} : { branch }),
      }),
    )

  test('follows a branch as it moves, and defaults to the default branch', async () => {
    await repository.commit('First', { file: 'one' })
    await find('main')
    const commit = await repository.commit('Second\n\nwith a body', { file: 'two' })
    const head = await find('main')
    assert.deepEqual([head.commit, head.subject], [commit, 'Second'])
    assert.ok(Math.abs(head.committedAt - Date.now()) < 60_000)
    assert.deepEqual(await find(), head)
  })

  test('never treats a name as an option, a pattern or another kind of ref', async () => {
    await repository.git('tag', 'v1')
    const marker = join(folder, 'owned')
    for (const name of [
      `--upload-pack=touch ${marker}`,
      `$(touch ${marker})`,
      'ma*',
      'm?in',
      '../heads/main',
      'refs/heads/main',
      'v1',
      '',
      'a\0b',
      'two\nlines',
    ]) {
      await assert.rejects(find(name), failsAs('PreconditionFailed', /no branch|NUL byte/))
    }
    assert.equal(existsSync(marker), false)
  })

  test("reports git's error if the repository cannot be read", async () => {
    const gone = { repository: join(folder, 'gone') }
    await assert.rejects(
      inActivity(() => findBranch(cache, gone)),
      failsAs('PreconditionFailed', /The builder cannot read .*gone/),
    )
    await assert.rejects(
      inActivity(() => findBranch(cache, { repository: 'ext::sh -c id' })),
      failsAs('PreconditionFailed', /transport "ext::"/),
    )
  })
})
