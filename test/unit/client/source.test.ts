import assert from 'node:assert/strict'
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { execa } from 'execa'
import { changedFiles, findSource } from '../../../client/source.ts'
import { absoluteRepository } from '../../../config/repository.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

let folder: string
let configFile: string
let commit: string

async function git(...args: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com']
  return (await execa('git', ['-C', folder, ...identity, ...args])).stdout
}

before(async () => {
  folder = temporaryFolder()
  await mkdir(join(folder, 'deploy'))
  configFile = join(folder, 'deploy', 'slipway.yaml')
  await writeFile(configFile, 'project: hello\n')
  await git('init', '-q', '-b', 'main')
  await git('add', '.')
  await git('commit', '-q', '-m', `Say hello, ${'at great length '.repeat(20)}\n\nAnd why.`)
  commit = await git('rev-parse', 'HEAD')
  await git('tag', 'v1', '-a', '-m', 'a tag with a message')
})

test('HEAD of a clean checkout is found, with its subject and the top of the checkout', async () => {
  const source = await findSource({ configFile })
  assert.equal(source.commit, commit)
  assert.equal(source.checkout, folder)
  assert.match(source.subject, /^Say hello, at great length/)
  assert.equal(Array.from(source.subject).length, 120)
})

test('a branch, an annotated tag and a short hash all lead to the commit', async () => {
  for (const ref of ['main', 'v1', commit.slice(0, 8), 'HEAD']) {
    assert.equal((await findSource({ configFile, ref })).commit, commit)
  }
})

test('a ref is data, whatever it looks like', async () => {
  const marker = join(folder, '..', 'must-not-be-there')
  const hostile = [
    '--help',
    '-c alias.x=!touch',
    `--output=${marker}`,
    `$(touch ${marker})`,
    `; touch ${marker}`,
    `main\ntouch ${marker}`,
    '"main"',
    "main'",
    'main:slipway.yaml',
    'main..main',
    '',
    'a\0b',
  ]
  for (const ref of hostile) {
    await assert.rejects(findSource({ configFile, ref }), { name: 'UserError' }, ref)
  }
  await assert.rejects(realpath(marker), { code: 'ENOENT' })
})

test('a commit that does not exist is named, without what could move the cursor', async () => {
  await assert.rejects(findSource({ configFile, ref: 'no\u001b[2Jpe' }), {
    message: `There is no commit "nope" in ${folder}. If it is on a remote, fetch it first: git fetch --all`,
  })
})

test('a checkout with changes is rejected without an explicit commit, with the first five', async () => {
  const names = ['a "b".txt', 'c\nd', '-e', 'f', 'g', 'h'].map((name) => join(folder, name))
  await Promise.all(names.map((name) => writeFile(name, '')))
  try {
    await assert.rejects(findSource({ configFile }), (error: Error) => {
      assert.match(
        error.message,
        /changes that are in no commit:\n( {2}[^\n]+\n){5} {2}and 1 more\n/,
      )
      assert.match(error.message, / {2}a "b".txt\n {2}c d\n/)
      assert.match(error.message, /--commit HEAD$/)
      return true
    })
    assert.equal((await findSource({ configFile, ref: 'HEAD' })).commit, commit)
  } finally {
    await Promise.all(names.map((name) => rm(name)))
  }
})

test('a folder that is in no repository is rejected', async () => {
  const bare = temporaryFolder()
  await assert.rejects(findSource({ configFile: join(bare, 'slipway.yaml') }), {
    message: /is not in a git repository, and a release is made from a commit/,
  })
})

test('a repository without a commit says to make the first', async () => {
  const empty = temporaryFolder()
  await execa('git', ['-C', empty, 'init', '-q'])
  await assert.rejects(findSource({ configFile: join(empty, 'slipway.yaml') }), {
    message: /has no commit yet/,
  })
})

test('a renamed file counts as one', () => {
  assert.deepEqual(changedFiles('R  new\0old\0?? other\0'), ['new', 'other'])
})

test('what builders clone means the same on every host', () => {
  const cases = [
    ['../mailman', '/work/mailman'],
    ['/src/mailman', '/src/mailman'],
    ['https://github.com/a/b', 'https://github.com/a/b'],
    ['ssh://git@github.com/a/b', 'ssh://git@github.com/a/b'],
    ['git@github.com:a/b.git', 'git@github.com:a/b.git'],
    ['./a:b', '/work/deploy/a:b'],
  ] as const
  for (const [given, expected] of cases) {
    assert.equal(absoluteRepository(given, '/work/deploy'), expected)
  }
})
