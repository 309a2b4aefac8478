import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { execa } from 'execa'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import {
  type Checkout,
  type CliFixture,
  holdActivity,
  startCliFixture,
} from '../cli/cli-fixture.ts'
import { live } from '../workflows/fixtures.ts'

/** The programs of docs/how-to/use-as-a-library.md, exactly as they are there, by their names. */
const top = join(import.meta.dirname, '..', '..')
const page = await readFile(join(top, 'docs', 'how-to', 'use-as-a-library.md'), 'utf8')
const programs = new Map(
  [...page.matchAll(/```ts\n(\/\/ (\S+)\n[^]*?)```/g)].map(([, text = '', name = '']) => [
    name,
    text,
  ]),
)

let fixture: CliFixture
before(async () => {
  fixture = await startCliFixture()
})
after(() => fixture.close())

/** A repository with the programs of the page, in which `slipway` is installed. */
async function checkoutWithPrograms(): Promise<Checkout> {
  const here = await fixture.checkout('production')
  const installed = join(here.folder, 'node_modules', 'slipway')
  await mkdir(installed, { recursive: true })
  const manifest = { name: 'slipway', type: 'module', exports: { '.': './index.js' } }
  await writeFile(join(installed, 'package.json'), JSON.stringify(manifest))
  const library = JSON.stringify(join(top, 'client', 'index.ts'))
  await writeFile(join(installed, 'index.js'), `export * from ${library}\n`)
  await writeFile(join(here.folder, 'package.json'), '{ "type": "module" }')
  await writeFile(join(here.folder, '.gitignore'), 'node_modules\n')
  for (const [name, text] of programs) await writeFile(join(here.folder, name), text)
  return { ...here, commit: await here.commitAgain('Deploy by a program') }
}

function run({ folder }: Checkout, ...args: readonly string[]) {
  return execa(process.execPath, args, {
    cwd: folder,
    reject: false,
    stdin: 'ignore',
    timeout: 120_000,
    extendEnv: false,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      TEMPORAL_ADDRESS: fixture.server.address,
    },
  })
}

test('every block of the page is a program that is run here', () => {
  assert.deepEqual([...programs.keys()], ['deploy.ts', 'follow.ts'])
  assert.equal(page.match(/^```\w/gm)?.length, programs.size)
})

test('the programs deploy and follow a release, and stop waiting for it', async () => {
  const here = await checkoutWithPrograms()
  const id = `release/production/${here.commit.slice(0, 12)}`
  const held = holdActivity<RolloutEnd>()
  await here.withWorker({ waitForRollout: held.run }, async () => {
    const deploying = run(here, 'deploy.ts')
    await Promise.race([
      held.started,
      deploying.then(({ stderr }) => assert.fail(`it ended: ${stderr}`)),
    ])
    const following = run(here, 'follow.ts', id)
    await once(following.stdout, 'data')
    following.kill('SIGTERM')
    const stopped = await following
    assert.equal(stopped.exitCode, 0, stopped.stderr)
    assert.equal(stopped.stdout, `Following ${id}\nStopped waiting; the release goes on.`)
    held.finish(live)
    const { exitCode, stdout, stderr } = await deploying
    assert.equal(exitCode, 0, stderr)
    assert.match(stdout, /^succeeded: /m)
    assert.match(stdout, /^wait worker done$/m)
  })
  await here.withWorker({}, async () => {
    const again = await run(here, 'follow.ts', id)
    assert.equal(again.stdout, `Following ${id}\nsucceeded`)
    const unknown = await run(here, 'follow.ts', 'release/production/none')
    assert.match(unknown.stderr, /^Temporal knows no workflow "release\/production\/none"/)
  })
})

test('the programs fit the types of the library', async () => {
  const { folder } = await checkoutWithPrograms()
  const paths = {
    slipway: [join(top, 'client', 'index.ts')],
    ms: [join(top, 'node_modules', 'ms', 'dist', 'index.d.ts')],
  }
  const compilerOptions = {
    module: 'nodenext',
    target: 'esnext',
    types: ['node'],
    typeRoots: [join(top, 'node_modules', '@types')],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    paths,
  }
  const config = { compilerOptions, files: [...programs.keys()] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(top, 'node_modules', '.bin', 'tsc')
  const { exitCode, stdout } = await execa(tsc, ['-p', folder], { reject: false })
  assert.equal(exitCode, 0, stdout)
})
