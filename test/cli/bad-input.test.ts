import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { temporaryFolder } from '../temporary-folder.ts'
import { git, runSlipway } from './cli-fixture.ts'

const config = `project: hello
images:
  api: { repository: hello }
services:
  api: { service: hello-api }
environments:
  production: { cluster: hello }
`

/** A listener that never answers, and so is no Temporal server. */
const silent = createServer()
let silentAddress: string
let folder: string

before(async () => {
  folder = temporaryFolder()
  await writeFile(join(folder, 'slipway.yaml'), config)
  await git(folder, 'init', '-q', '-b', 'main')
  await git(folder, 'add', '.')
  await git(folder, 'commit', '-q', '-m', 'Say hello')
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve)
  })
  const address = silent.address()
  assert.ok(typeof address === 'object' && address !== null)
  silentAddress = `127.0.0.1:${address.port}`
})
after(() => silent.close())

/** Nothing listens on port 1, so a command that tries to connect fails at once. */
const slipway = (...args: readonly string[]) => runSlipway(folder, '127.0.0.1:1', args)

async function assertRejected(args: readonly string[], expected: RegExp): Promise<void> {
  const { exitCode, stderr, stdout } = await slipway(...args)
  assert.match(stderr, expected)
  assert.equal(exitCode, 2)
  assert.equal(stdout, '', 'errors do not go to standard output')
  assert.doesNotMatch(stderr, /\n\s+at /, 'no stack trace')
}

describe('bad input gives one clear message and exit status 2', () => {
  const cases: readonly [title: string, args: readonly string[], expected: RegExp][] = [
    ['no command', [], /Usage: slipway/],
    ['an unknown command', ['deplo'], /unknown command 'deplo'\n\(Did you mean deploy\?\)/],
    ['an unknown option', ['deploy', 'production', '--comit', 'x'], /unknown option '--comit'/],
    ['no environment', ['deploy'], /missing required argument 'environment'/],
    [
      'an unknown environment',
      ['deploy', 'prodction'],
      /^There is no environment "prodction" in the configuration; did you mean "production"\? Environments: production\.$/,
    ],
    [
      'an environment that looks like an option',
      ['deploy', '--', '--production'],
      /no environment "--production"/,
    ],
    [
      'a commit that does not exist',
      ['deploy', 'production', '--commit', '$(touch x)'],
      /There is no commit "\$\(touch x\)" in /,
    ],
    [
      'a missing configuration',
      ['status', 'production', '--config', 'no.yaml'],
      /^no\.yaml: there is no such file; pass the path of one with --config$/,
    ],
    ['an invalid duration', ['wait', 'x', '--timeout', 'soon'], /Expected a duration such as 90s/],
    ['an unknown worker role', ['worker', '--queues', 'all'], /Expected release, builder, or both/],
    ['an unknown shell', ['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
    [
      'no Temporal server',
      ['status', 'production'],
      /^No Temporal server answers at 127\.0\.0\.1:1 \(.+\)\. .*slipway local up.*TEMPORAL_ADDRESS/,
    ],
    [
      'a worker without a Temporal server',
      ['worker'],
      /^No Temporal server answers at 127\.0\.0\.1:1/,
    ],
    [
      'an unknown profile',
      ['status', 'production', '--profile', 'nowhere'],
      /^The configuration of the Temporal client cannot be used: .*nowhere/,
    ],
  ]
  for (const [title, args, expected] of cases) test(title, () => assertRejected(args, expected))

  test('a configuration with problems lists all of them', async () => {
    await writeFile(join(folder, 'bad.yaml'), 'project: 3\nimages: []\n')
    try {
      await assertRejected(
        ['config', 'check', '--config', 'bad.yaml'],
        /^bad\.yaml:1:1: services: is missing.*\n.*\nbad\.yaml:1:10: project: .*\nbad\.yaml:2:9: images: /,
      )
    } finally {
      await git(folder, 'clean', '-qf')
    }
  })

  test('a dirty checkout', async () => {
    await writeFile(join(folder, '$(reboot) "x".txt'), '')
    try {
      await assertRejected(
        ['deploy', 'production'],
        /changes that are in no commit:\n {2}\$\(reboot\) "x"/,
      )
    } finally {
      await git(folder, 'clean', '-qf')
    }
  })

  test('a folder that is not a repository', async () => {
    const bare = temporaryFolder()
    await writeFile(join(bare, 'slipway.yaml'), config)
    const { exitCode, stderr } = await runSlipway(bare, '127.0.0.1:1', ['deploy', 'production'])
    assert.equal(exitCode, 2)
    assert.match(stderr, /is not in a git repository/)
  })

  test('no configuration anywhere', async () => {
    const bare = temporaryFolder()
    const { exitCode, stderr } = await runSlipway(bare, '127.0.0.1:1', ['deploy', 'production'])
    assert.equal(exitCode, 2)
    assert.match(stderr, /^slipway\.yaml: not found in .* or any folder above it/)
  })

  test('an address without a Temporal server is given up within seconds', async () => {
    const { exitCode, stderr, durationMs } = await runSlipway(folder, silentAddress, [
      'status',
      'production',
    ])
    assert.equal(exitCode, 2)
    assert.match(stderr, /^No Temporal server answers at 127\.0\.0\.1:/)
    assert.ok(durationMs < 15_000, `${durationMs} ms`)
  })
})

test('a server that denies access is told apart from a missing one', async () => {
  const server = createHttp2Server()
  // How gRPC fails before any message: with the status instead of an answer.
  server.on('stream', (stream) =>
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': '16',
        'grpc-message': 'unknown API key',
      },
      { endStream: true },
    ),
  )
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const { exitCode, stderr } = await runSlipway(folder, `127.0.0.1:${address.port}`, [
    'status',
    'production',
  ])
  server.close()
  assert.equal(exitCode, 2)
  assert.match(stderr, /^Temporal answered: unknown API key\. Check TEMPORAL_API_KEY/)
})

test('with --json an error is a JSON document as well', async () => {
  const { exitCode, stdout } = await slipway('deploy', 'prodction', '--json')
  assert.equal(exitCode, 2)
  const { error, exitStatus } = JSON.parse(stdout) as { error: string; exitStatus: number }
  assert.equal(exitStatus, 2)
  assert.match(error, /^There is no environment "prodction"/)
})

test('config check --json prints problems with their positions', async () => {
  await writeFile(join(folder, 'bad.yaml'), 'project: 3\n')
  const { exitCode, stdout } = await slipway('config', 'check', '--config', 'bad.yaml', '--json')
  await git(folder, 'clean', '-qf')
  assert.equal(exitCode, 2)
  const { valid, problems } = JSON.parse(stdout) as { valid: boolean; problems: object[] }
  assert.equal(valid, false)
  assert.deepEqual(problems.at(-1), {
    file: 'bad.yaml',
    position: { line: 1, column: 10 },
    path: 'project',
    message: 'found the number 3, expected text',
  })
})

test('help and version need neither a configuration nor a server', async () => {
  const bare = temporaryFolder()
  for (const args of [['--help'], ['deploy', '--help'], ['--version']]) {
    const { exitCode, stdout } = await runSlipway(bare, '127.0.0.1:1', args)
    assert.equal(exitCode, 0)
    assert.notEqual(stdout, '')
  }
})
