import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { execa } from 'execa'
import { commitHello, makeHelloCheckout } from '../../../stack/hello.ts'

test('the example becomes a repository whose commits are its versions, and is not made twice', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'))
  t.after(() => rm(folder, { recursive: true }))
  await makeHelloCheckout(folder)
  const commit = await commitHello(folder, 'v2', 'failing', 'Break it')
  await makeHelloCheckout(folder)
  const git = async (...args: string[]) => (await execa('git', args, { cwd: folder })).stdout
  assert.equal(await git('rev-parse', 'HEAD'), commit)
  assert.equal(await git('status', '--porcelain'), '')
  assert.equal(await git('log', '--format=%s'), 'Break it\nSay hello')
  assert.equal(await git('show', 'HEAD:VERSION'), 'v2')
  assert.equal(await readFile(path.join(folder, 'HEALTH'), 'utf8'), 'failing\n')
})
