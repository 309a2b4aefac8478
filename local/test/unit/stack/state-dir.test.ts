import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { removeState, usualStateDir } from '../../../stack/state-dir.ts'

test('state is kept where XDG_STATE_HOME says, else in ~/.local/state', () => {
  assert.equal(usualStateDir({ XDG_STATE_HOME: '/s' }), '/s/slipway/local')
  assert.match(usualStateDir({}), /\/\.local\/state\/slipway\/local$/)
})

test('removing state leaves what is not a stack’s own, and takes the folder when it is empty', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  await mkdir(path.join(folder, 'logs'))
  await writeFile(path.join(folder, 'temporal.db-wal'), '')
  await writeFile(path.join(folder, 'thesis.txt'), '')
  assert.equal(await removeState(folder), true)
  assert.deepEqual(await readdir(folder), ['thesis.txt'])
  assert.equal(await removeState(folder), false)

  await rm(path.join(folder, 'thesis.txt'))
  await mkdir(path.join(folder, 'registry'))
  assert.equal(await removeState(folder), true)
  await assert.rejects(readdir(folder), { code: 'ENOENT' })
})
