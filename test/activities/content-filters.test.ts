import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, beforeEach, describe, test } from 'node:test'
import { findOnPath } from '../../local/install/find-on-path.ts'
import { unpackPackage } from '../../local/install/apt.ts'
import { makeOnce } from '../../local/install/cache.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { failsAs } from '../unit/activities/in-activity.ts'
import { checkOutSource, release } from './check-out.ts'
import { makeRepository, type Repository } from './git-repository.ts'
import { serveRepositories } from './repository-server.ts'

const lfsAttributes = '*.bin filter=lfs diff=lfs merge=lfs -text\n'
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'7'.repeat(64)}\nsize 300000\n`
const lfsSettings = `[filter "lfs"]
  clean = git-lfs clean -- %f
  smudge = git-lfs smudge -- %f
  process = git-lfs filter-process
  required = true
`

/** What a builder's own git is configured with, and which git-lfs it finds. */
interface Builder {
  readonly settings?: string
  readonly lfs: 'missing' | 'real'
  readonly variables?: Readonly<Record<string, string>>
}

describe('files that pass through a filter', async () => {
  const folder = temporaryFolder()
  const server = await serveRepositories(folder)
  const lfs = await gitLfs()
  const { PATH: path = '' } = process.env
  const missing = join(folder, 'without-lfs')
  const changed = ['PATH', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM', 'GIT_LFS_SKIP_SMUDGE']
  const variables = Object.fromEntries(changed.map((name) => [name, process.env[name]]))
  let count = 0

  await mkdir(missing)
  await writeFile(join(missing, 'git-lfs'), '#!/bin/sh\nexit 127\n', { mode: 0o755 })

  const restore = () => {
    for (const [name, value] of Object.entries(variables)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
  beforeEach(restore)
  after(() => {
    restore()
    server.close()
  })

  /** A repository whose own git has a real git-lfs, so that it stores `*.bin` as pointers. */
  async function lfsRepository(files: Readonly<Record<string, string>>): Promise<Repository> {
    count += 1
    const repository = await makeRepository(join(folder, `repository-${count}`))
    await repository.git('config', 'filter.lfs.clean', `${lfs} clean -- %f`)
    await repository.commit('First', { '.gitattributes': lfsAttributes, ...files })
    await repository.git('update-server-info')
    return repository
  }

  async function checkOutOn(builder: Builder, repository: Repository, url = repository.path) {
    count += 1
    const config = join(folder, `config-${count}`)
    await writeFile(config, builder.settings ?? '')
    Object.assign(process.env, {
      PATH: `${builder.lfs === 'real' ? dirname(lfs) : missing}:${path}`,
      GIT_CONFIG_GLOBAL: config,
      GIT_CONFIG_NOSYSTEM: '1',
      ...builder.variables,
    })
    try {
      const commit = await repository.git('rev-parse', 'HEAD')
      const cache = join(folder, `cache-${count}`)
      return (await checkOutSource(cache, { release, repository: url, commit })).path
    } finally {
      restore()
    }
  }

  for (const [title, builder, ...says] of [
    ['has no git-lfs', { lfs: 'missing' }, 'The builder has no git-lfs', 'apt-get install git-lfs'],
    ['did not set git-lfs up', { lfs: 'real' }, 'not set up for its user', '"git lfs install"'],
    [
      'tells git-lfs to leave files out',
      { lfs: 'real', settings: lfsSettings, variables: { GIT_LFS_SKIP_SMUDGE: '1' } },
      'told to leave the file out',
      'Unset GIT_LFS_SKIP_SMUDGE',
    ],
  ] satisfies [string, Builder, ...string[]][]) {
    test(`are rejected as pointers of Git LFS if the builder ${title}`, async () => {
      const repository = await lfsRepository({ 'models/big one.bin': 'large', text: 'small' })
      await assert.rejects(
        checkOutOn(builder, repository),
        failsAs('PreconditionFailed', '"models/big one.bin"', 'stored in Git LFS', ...says),
      )
    })

    test(`are rejected as pointers in a submodule if the builder ${title}`, async () => {
      const library = await lfsRepository({ 'nested.bin': 'large' })
      const repository = await lfsRepository({ text: 'small' })
      await addSubmodule(repository, library)
      await assert.rejects(
        checkOutOn(builder, repository),
        failsAs('PreconditionFailed', '"lib/nested.bin"', 'stored in Git LFS', ...says),
      )
    })
  }

  const urlOf = ({ path: at }: Repository) => server.urlOf(at.slice(folder.length + 1))

  async function addSubmodule(repository: Repository, library: Repository) {
    await repository.git('submodule', '--quiet', 'add', urlOf(library), 'lib')
    await repository.commit('A submodule', {})
    await repository.git('update-server-info')
  }

  for (const [kind, urlFor] of [
    ['a path on this host', (repository: Repository) => repository.path],
    ['an http server', urlOf],
  ] as const) {
    test(`are fetched from ${kind} by git-lfs, those of a submodule from its own`, async () => {
      const library = await lfsRepository({ 'nested.bin': 'large in library' })
      const repository = await lfsRepository({ 'model.bin': 'large in repository' })
      await addSubmodule(repository, library)
      const builder = { lfs: 'real', settings: lfsSettings } as const
      const checkout = await checkOutOn(builder, repository, urlFor(repository))
      assert.equal(await readFile(join(checkout, 'model.bin'), 'utf8'), 'large in repository')
      assert.equal(await readFile(join(checkout, 'lib/nested.bin'), 'utf8'), 'large in library')
    })
  }

  test('may be in git itself, empty or not under the attribute', async () => {
    const repository = await makeRepository(join(folder, 'harmless'))
    await repository.commit('First', {
      '.gitattributes': `${lfsAttributes}excluded.bin -filter\n*.flag filter\n`,
      'real.bin': 'committed before LFS was used',
      'empty.bin': '',
      'excluded.bin': pointer,
      'about-lfs.txt': pointer,
      'a.flag': '',
    })
    const checkout = await checkOutOn({ lfs: 'missing' }, repository)
    assert.equal(existsSync(join(checkout, 'real.bin')), true)
  })

  test('are found among very many', async () => {
    const repository = await makeRepository(join(folder, 'many'))
    const names = Array.from({ length: 6_000 }, (_, n) => `${'x'.repeat(200)}-${n}.bin`)
    await repository.commit('First', {
      '.gitattributes': lfsAttributes,
      ...Object.fromEntries(names.map((name) => [name, ''])),
      'z-last.bin': pointer,
    })
    await assert.rejects(
      checkOutOn({ lfs: 'missing' }, repository),
      failsAs('PreconditionFailed', '"z-last.bin"'),
    )
  })

  test('are rejected if the builder does not know the filter, and are filtered if it does', async () => {
    const repository = await makeRepository(join(folder, 'encrypted'))
    await repository.commit('First', {
      '.gitattributes': '*.key filter=git-crypt diff=git-crypt\n',
      'config/tls.key': 'frperg',
    })
    await assert.rejects(
      checkOutOn({ lfs: 'missing' }, repository),
      failsAs(
        'PreconditionFailed',
        '"config/tls.key"',
        'filter "git-crypt"',
        'git config --global filter.git-crypt.smudge',
      ),
    )
    const settings = '[filter "git-crypt"]\n  smudge = tr a-z n-za-m\n'
    const checkout = await checkOutOn({ lfs: 'missing', settings }, repository)
    assert.equal(await readFile(join(checkout, 'config/tls.key'), 'utf8'), 'secret')
  })

  test('name the program that a configured filter needs and the builder lacks', async () => {
    const repository = await lfsRepository({ 'model.bin': 'large' })
    const settings = lfsSettings.replaceAll('git-lfs ', 'no-such-lfs ')
    await assert.rejects(
      checkOutOn({ lfs: 'missing', settings }, repository),
      failsAs('PreconditionFailed', 'cannot be checked out', 'no-such-lfs', 'not found'),
    )
  })
})

/** The path of a git-lfs: this machine's, else the distribution's package in the cache. */
async function gitLfs(): Promise<string> {
  const installed = await findOnPath('git-lfs')
  if (installed !== undefined) return installed
  const unpacked = await makeOnce('git-lfs', (into) => unpackPackage('git-lfs', into))
  return join(unpacked, 'usr/bin/git-lfs')
}
