import assert from 'node:assert/strict'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { repository, workflow } from './repository.ts'

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
