import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { execa } from 'execa'
import { parse } from 'yaml'
import { pinnedActions } from '../../../cli/github/pinned-actions.ts'
import { actionlint, zizmor } from './linters.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { repository } from './repository.ts'

const top = join(import.meta.dirname, '..', '..', '..')

describe('workflow files and the action', () => {
  test('every action is pinned to the commit of a release, and to the same one everywhere', async () => {
    const { init, read } = await repository()
    await init()
    const texts = [await read(), await readFile(join(top, 'action.yml'), 'utf8')]
    const used = texts.flatMap((text) => Array.from(text.matchAll(/uses: (.*)/g), ([, one]) => one))
    const known = Object.values(pinnedActions).map(({ uses, version }) => `${uses} # ${version}`)
    assert.equal(used.length, 4)
    for (const one of used) assert.ok(known.includes(one ?? ''), one)
    for (const one of known) assert.match(one, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  test('the action runs this version of Slipway, and no input becomes part of its script', async () => {
    const action = parse(await readFile(join(top, 'action.yml'), 'utf8'))
    const { version } = JSON.parse(await readFile(join(top, 'package.json'), 'utf8'))
    assert.equal(action.inputs.version.default, version)
    const scripts = action.runs.steps.map(({ run = '' }) => run).join('\n')
    assert.doesNotMatch(scripts, /\$\{\{/)
  })

  test('every input of the action reaches the command as one argument, whatever it contains', async () => {
    const action = parse(await readFile(join(top, 'action.yml'), 'utf8'))
    const { run } = action.runs.steps[1]
    const folder = temporaryFolder()
    const program = (name: string, script: string) =>
      writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    await program('slipway', 'printf "%s\\n" "$@"')
    await program('npx', `printf "%s\\n" "$@" >installed; echo ${join(folder, 'slipway')}`)
    const hostile = '"; touch pwned; $(touch pwned) `touch pwned`'
    const { stdout } = await execa('bash', ['-e', '-o', 'pipefail', '-c', run], {
      cwd: folder,
      extendEnv: false,
      env: {
        PATH: `${folder}:${process.env['PATH']}`,
        SLIPWAY_ENVIRONMENT: hostile,
        SLIPWAY_COMMIT: hostile,
        SLIPWAY_VERSION: hostile,
        SLIPWAY_BUILD_HERE: 'true',
        SLIPWAY_WORKER_HERE: 'false',
        SLIPWAY_TIMEOUT: '1h',
      },
    })
    const installed = await readFile(join(folder, 'installed'), 'utf8')
    assert.deepEqual(installed.split('\n').slice(0, 4), [
      '--yes',
      `--package=slipway@${hostile}`,
      `--package=slipway-worker@${hostile}`,
      '-c',
    ])
    assert.deepEqual(stdout.split('\n'), [
      'deploy',
      `--commit=${hostile}`,
      '--timeout=1h',
      '--build-here',
      '--',
      hostile,
    ])
    await assert.rejects(readFile(join(folder, 'pwned')))
  })

  test('a switch of the action that is neither true nor false is an error', async () => {
    const action = parse(await readFile(join(top, 'action.yml'), 'utf8'))
    const { run } = action.runs.steps[1]
    const { exitCode, stdout } = await execa('bash', ['-e', '-o', 'pipefail', '-c', run], {
      extendEnv: false,
      reject: false,
      env: { PATH: '/usr/bin:/bin', SLIPWAY_BUILD_HERE: 'false', SLIPWAY_WORKER_HERE: 'True' },
    })
    assert.equal(exitCode, 2)
    assert.equal(stdout, "::error::worker-here is neither 'true' nor 'false'")
  })

  test('two linters find no problem in the workflows and the action', async () => {
    const { folder, init } = await repository()
    await init()
    await init('--build-here', '--output', '.github/workflows/builds.yml')
    await init('--worker-here', '--output', '.github/workflows/works.yml')
    await writeFile(join(folder, 'action.yml'), await readFile(join(top, 'action.yml')))
    await writeFile(join(folder, '.github/workflows/action.yml'), usesTheAction)
    const written = ['deploy', 'builds', 'works'].map((name) => `.github/workflows/${name}.yml`)
    const [first, second] = await Promise.all([
      execa(await actionlint(), [...written, '.github/workflows/action.yml'], {
        cwd: folder,
        reject: false,
        all: true,
      }),
      execa(await zizmor(), ['--offline', '--no-progress', ...written, 'action.yml'], {
        cwd: folder,
        reject: false,
        all: true,
      }),
    ])
    assert.equal(first.exitCode, 0, first.all)
    assert.equal(second.exitCode, 0, second.all)
    assert.match(second.all, /completed action\.yml/)
  })
})

/** actionlint reads an action only if a workflow uses it. */
const usesTheAction = `name: Deploy with the action
on: workflow_dispatch
permissions: {}
concurrency: { group: deploy-production, cancel-in-progress: false }
jobs:
  deploy:
    name: Deploy
    runs-on: ubuntu-24.04
    timeout-minutes: 75
    permissions: { contents: read, id-token: write }
    steps:
      - uses: ${pinnedActions.checkout.uses} # ${pinnedActions.checkout.version}
        with: { persist-credentials: false }
      - id: release
        uses: ./
        with: { environment: production, build-here: true, timeout: 30m }
      - run: echo "$OUTCOME"
        env: { OUTCOME: '\${{ steps.release.outputs.outcome }}' }
`
