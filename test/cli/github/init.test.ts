import assert from 'node:assert/strict'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { execa } from 'execa'
import { parse } from 'yaml'
import { pinnedActions } from '../../../cli/github/pinned-actions.ts'
import { actionlint, zizmor } from './linters.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { git, runSlipway } from '../cli-fixture.ts'

const top = join(import.meta.dirname, '..', '..', '..')
const workflow = '.github/workflows/deploy.yml'
const nowhere = '127.0.0.1:1'

async function repository(environments = 'production: { cluster: mailman, region: eu-west-1 }') {
  const folder = temporaryFolder()
  await git(folder, 'init', '-q')
  await writeFile(
    join(folder, 'slipway.yaml'),
    `project: mailman
images:
  api: { repository: mailman }
services:
  api: { service: mailman-api }
environments:
  ${environments}
`,
  )
  return {
    folder,
    init: (...args: readonly string[]) => runSlipway(folder, nowhere, ['init', 'github', ...args]),
    read: (path = workflow) => readFile(join(folder, path), 'utf8'),
  }
}

describe('slipway init github', () => {
  test('writes a workflow that deploys with a short-lived role, one job at a time', async () => {
    const { init, read } = await repository()
    const { exitCode, stdout, stderr } = await init()
    assert.equal(exitCode, 0, stderr)
    assert.match(stdout, /TEMPORAL_ADDRESS/)
    assert.match(stdout, /AWS_ROLE_ARN/)
    assert.match(
      stdout,
      /"repository" in slipway\.yaml/,
      'a worker does not have the checkout of the job',
    )
    const text = await read()
    const { concurrency, permissions, jobs } = parse(text)
    assert.deepEqual(permissions, {})
    assert.deepEqual(concurrency, { group: 'deploy-production', 'cancel-in-progress': false })
    const { permissions: granted, steps, ...job } = jobs.deploy
    assert.deepEqual(granted, { contents: 'read', 'id-token': 'write' })
    assert.ok(job['timeout-minutes'] > 60, 'the command times out before the job does')
    const [, , aws, deploy] = steps
    assert.match(deploy.run, /npx --yes --package=slipway@\d+\.\d+\.\d+ -c /)
    assert.deepEqual(aws.with, {
      'role-to-assume': '${{ vars.AWS_ROLE_ARN }}',
      'aws-region': 'eu-west-1',
    })
    assert.match(
      deploy.run,
      /^exec "\$slipway" deploy production --commit "\$GITHUB_SHA" --timeout 60m$/m,
    )
    assert.doesNotMatch(text, /AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|cancel-in-progress: true/)
  })

  test('accepts the role, the region, the branch and where to build', async () => {
    const { init, read } = await repository()
    const arn = 'arn:aws:iam::123456789012:role/deploy'
    const options = ['--role-arn', arn, '--region', 'us-east-1', '--branch', 'release/1.x']
    const { stdout } = await init(...options, '--build-here')
    assert.doesNotMatch(stdout, /AWS_|"repository"/)
    const { on, jobs } = parse(await read())
    assert.deepEqual(on.push.branches, ['release/1.x'])
    assert.deepEqual(jobs.deploy.steps[2].with, {
      'role-to-assume': arn,
      'aws-region': 'us-east-1',
    })
    const { run } = jobs.deploy.steps[3]
    assert.match(run, / --build-here$/m)
    const [, slipway, worker] =
      / --package=slipway@(\S+) --package=slipway-worker@(\S+) -c /.exec(run) ?? []
    assert.ok(slipway)
    assert.equal(worker, slipway)
  })

  for (const [what, options, audience] of [
    ['a region in China', ['--region', 'cn-north-1'], 'sts.amazonaws.com.cn'],
    [
      'a role in China',
      ['--role-arn', 'arn:aws-cn:iam::111122223333:role/d'],
      'sts.amazonaws.com.cn',
    ],
    ['the European Sovereign Cloud', ['--region', 'eusc-de-east-1'], undefined],
    ['AWS GovCloud', ['--region', 'us-gov-west-1'], undefined],
  ] as const) {
    test(`names the audience that STS expects in ${what}`, async () => {
      const { init, read } = await repository('production: { cluster: mailman }')
      const { exitCode, stderr } = await init(...options)
      assert.equal(exitCode, 0, stderr)
      assert.equal(parse(await read()).jobs.deploy.steps[2].with.audience, audience)
    })
  }

  test('keeps an existing file, unless --force is given', async () => {
    const { folder, init, read } = await repository()
    await mkdir(join(folder, '.github/workflows'), { recursive: true })
    await writeFile(join(folder, workflow), 'mine')
    const kept = await init()
    assert.equal(kept.exitCode, 2)
    assert.match(kept.stderr, /already exists.*--force/)
    assert.equal(await read(), 'mine')
    assert.equal((await init('--force')).exitCode, 0)
    assert.match(await read(), /^# Deploys every push/)
    const other = '.github/workflows/other.yml'
    assert.equal((await init('--output', other)).exitCode, 0)
    assert.match(await read(other), /^# Deploys every push/)
  })

  test('rejects values that a shell, YAML or GitHub would interpret', async () => {
    const { init } = await repository()
    for (const options of [
      ['--branch', '${{ github.event.head_commit.message }}'],
      ['--branch', "main'] #"],
      ['--region', 'eu-west-1; id'],
      ['--region', 'zz-west-1'],
      ['--role-arn', 'arn:aws:iam::123456789012:role/$(id)'],
      ['--environment', 'nowhere'],
      ['--output', '../outside.yml'],
      ['--build-here', '--worker-here'],
    ]) {
      const { exitCode, stderr } = await init(...options)
      assert.equal(exitCode, 2, options.join(' '))
      assert.notEqual(stderr, '')
    }
  })

  test('asks for the environment if there are several', async () => {
    const { init } = await repository('east: { cluster: a }\n  west: { cluster: b }')
    const { exitCode, stderr } = await init()
    assert.equal(exitCode, 2)
    assert.match(stderr, /--environment east or west/)
    assert.equal((await init('--environment', 'west')).exitCode, 0)
  })

  test('passes --config if the configuration is not at the top of the repository', async () => {
    const { folder, init, read } = await repository()
    await mkdir(join(folder, 'deploy'))
    await rename(join(folder, 'slipway.yaml'), join(folder, 'deploy/slipway.yaml'))
    assert.equal((await init('--config', 'deploy/slipway.yaml')).exitCode, 0)
    assert.match(await read(), / --config deploy\/slipway\.yaml$/m)
  })
})

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
