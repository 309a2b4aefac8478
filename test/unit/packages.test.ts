import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'

interface PackageFile {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly homepage: string
  readonly repository: { readonly url: string; readonly directory?: string }
  readonly engines: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const top = join(import.meta.dirname, '..', '..')
const folders = ['.', 'worker', 'local', 'simulator'] as const

function read(folder: string, file: string): Promise<string> {
  return readFile(join(top, folder, file), 'utf8')
}

const packages = await Promise.all(
  folders.map(async (folder) => ({
    folder,
    file: JSON.parse(await read(folder, 'package.json')) as PackageFile,
  })),
)

test('all packages, and the action, have one version', async () => {
  const { version } = JSON.parse(await read('.', 'package.json')) as PackageFile
  for (const { file } of packages) {
    assert.equal(file.version, version, file.name)
    for (const [name, wanted] of Object.entries(file.peerDependencies ?? {})) {
      if (name.startsWith('slipway')) assert.equal(wanted, version, `${file.name} and ${name}`)
    }
  }
  const action = parse(await read('.', 'action.yml'))
  assert.equal(action.inputs.version.default, version)
})

test('all packages have the same licence, repository and versions of Node', async () => {
  const licence = await read('.', 'LICENSE')
  const [root] = packages
  for (const { folder, file } of packages) {
    assert.equal(await read(folder, 'LICENSE'), licence, folder)
    assert.equal(file.license, 'MIT', folder)
    assert.deepEqual(file.engines, root?.file.engines, folder)
    assert.equal(file.repository.url, 'git+https://github.com/slipway-deploy/slipway.git', folder)
    assert.equal(file.repository.directory ?? '.', folder)
    assert.ok(file.homepage.startsWith('https://github.com/slipway-deploy/slipway'), folder)
  }
})

test('a dependency of several packages has one exact version in all of them', () => {
  const versions = new Map<string, string>()
  for (const { file } of packages) {
    for (const [name, version] of Object.entries({
      ...file.dependencies,
      ...file.devDependencies,
    })) {
      assert.match(version, /^\d/, `${name} of ${file.name} is pinned`)
      assert.equal(version, versions.get(name) ?? version, `${name} of ${file.name}`)
      versions.set(name, version)
    }
  }
})
