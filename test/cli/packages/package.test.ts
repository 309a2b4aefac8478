import assert from 'node:assert/strict'
import { access, copyFile, glob, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { execa } from 'execa'
import { startTemporal, type TemporalServer } from '../../../local/stack/temporal.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import {
  importsOf,
  installPackages,
  type PackageName,
  packageOf,
  packPackages,
  top,
  versionOf,
} from './packed-packages.ts'
import { typedProgram } from './typed-program.ts'

// One file for all packages: packing builds in this checkout, which two files would do at once.

let archiveOf: (name: PackageName) => string
let server: TemporalServer

before(async () => {
  archiveOf = await packPackages()
  server = await startTemporal({ logFile: join(temporaryFolder(), 'temporal.log') })
})
after(() => server.stop())

/** Runs a command that was installed into a folder. */
function run(folder: string, command: string, ...args: readonly string[]) {
  return execa(process.execPath, [join(folder, 'node_modules', '.bin', command), ...args], {
    cwd: folder,
    env: { TEMPORAL_ADDRESS: server.address },
    reject: false,
    all: true,
    timeout: 300_000,
  })
}

describe('slipway alone', () => {
  let folder: string
  let installed: string
  const slipway = (...args: readonly string[]) => run(folder, 'slipway', ...args)

  before(async () => {
    folder = await installPackages(archiveOf('slipway'))
    installed = join(folder, 'node_modules', 'slipway')
    await copyFile(join(top, 'examples/hello/slipway.yaml'), join(folder, 'slipway.yaml'))
  })

  test('is at most 60 MB with all that it brings', async () => {
    const { stdout } = await execa('du', ['-sk', join(folder, 'node_modules')])
    const megabytes = Number.parseInt(stdout, 10) / 1024
    assert.ok(megabytes > 10 && megabytes <= 60, `${megabytes} MB`)
  })

  test('the command is there, and its help takes no longer than a blink', async () => {
    const times: number[] = []
    for (let round = 0; round < 5; round += 1) {
      const { stdout, durationMs } = await slipway('--help')
      assert.match(stdout, /deploy <environment>/)
      times.push(durationMs)
    }
    // The best of five: the others measure what else the machine does.
    assert.ok(Math.min(...times) < 150, `${times.map(Math.round).join(', ')} ms`)
  })

  test('a Node that is too old is told so', async () => {
    const pretend = `Object.defineProperty(process.versions, 'node', { value: '22.17.1' })`
    const command = join(folder, 'node_modules', '.bin', 'slipway')
    const { exitCode, stderr } = await execa(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, command, '--version'],
      { reject: false },
    )
    assert.equal(exitCode, 2)
    assert.match(stderr, /^slipway needs Node\.js 22\.18 or newer .*this is 22\.17\.1/)
  })

  test('every module of it loads', async () => {
    const files: string[] = []
    for await (const file of glob(join(installed, 'dist', '**', '*.js'))) {
      // This one runs the command line.
      if (!file.endsWith(join('cli', 'main.js'))) files.push(file)
    }
    assert.ok(files.length > 80)
    const load = `for (const file of ${JSON.stringify(files)}) await import(file)`
    const { exitCode, stderr } = await execa(
      process.execPath,
      ['--input-type=module', '--eval', load],
      { cwd: folder, reject: false },
    )
    assert.equal(exitCode, 0, stderr)
  })

  test('commands that run no worker work', async () => {
    const status = await slipway('status', 'local')
    assert.equal(status.exitCode, 0, status.stderr)
    assert.match(status.stdout, /local/)
    const releases = await slipway('releases', 'local')
    assert.equal(releases.exitCode, 0, releases.stderr)
    const plan = await slipway('plan', 'local', '--commit', 'HEAD')
    assert.doesNotMatch(plan.stderr, /slipway-worker@/, 'a worker elsewhere makes the plan')
    const set = await slipway('setup')
    assert.equal(set.exitCode, 0, set.stderr)
  })

  const version = versionOf(join(top, 'package.json'))
  for (const args of [
    ['worker'],
    ['deploy', 'local', '--worker-here'],
    ['deploy', 'local', '--build-here'],
  ]) {
    test(`slipway ${args.join(' ')} names the package that it lacks`, async () => {
      const { exitCode, stderr } = await slipway(...args)
      assert.equal(
        stderr,
        `This command needs the package slipway-worker, which is not installed. Run: npm install slipway-worker@${await version}`,
      )
      assert.equal(exitCode, 2)
    })
  }

  test('slipway local names both packages that it lacks', async () => {
    const up = await slipway('local', 'up')
    assert.equal(
      up.stderr,
      `This command needs the package slipway-local, which is not installed, and the package slipway-worker, which is not installed. Run: npm install slipway-local@${await version} slipway-worker@${await version}`,
    )
    assert.equal(up.exitCode, 2)
    const down = await slipway('local', 'down')
    assert.match(down.stderr, /^This command needs .* Run: npm install slipway-local@\S+$/)
    assert.equal(down.exitCode, 2)
  })

  test('a package of another version is rejected in one line', async () => {
    const project = await projectWith('slipway-worker', '0.1.9')
    const { exitCode, stderr } = await execa(
      process.execPath,
      [join(folder, 'node_modules', '.bin', 'slipway'), 'worker'],
      { cwd: project, reject: false },
    )
    assert.equal(
      stderr,
      `This command needs slipway-worker in its own version, ${await version}, and found 0.1.9. Run: npm install slipway-worker@${await version}`,
    )
    assert.equal(exitCode, 2)
  })

  test('a package is also found in the project of the current folder', async () => {
    const project = await projectWith('slipway-worker', await version)
    const { stderr } = await execa(
      process.execPath,
      [join(folder, 'node_modules', '.bin', 'slipway'), 'worker'],
      { cwd: project, reject: false, env: { TEMPORAL_ADDRESS: server.address } },
    )
    assert.match(stderr, /^The worker did not start: this is the worker of the project$/m)
  })
})

/** A folder whose project has a package of this name that only throws. */
async function projectWith(name: PackageName, version: string): Promise<string> {
  const project = temporaryFolder()
  const folder = join(project, 'node_modules', name)
  await mkdir(folder, { recursive: true })
  const exports = { '.': './index.js', './package.json': './package.json' }
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name, version, type: 'module', exports }),
  )
  await writeFile(
    join(folder, 'index.js'),
    `export async function runWorker() { throw new Error('this is the worker of the project') }`,
  )
  return project
}

describe('all packages together', () => {
  let folder: string
  const names = ['slipway', 'slipway-worker', 'slipway-local', 'slipway-simulator'] as const

  before(async () => {
    folder = await installPackages(...names.map(archiveOf))
  })

  test('their types fit a program that uses them, and reject one that does not', async () => {
    await writeFile(join(folder, 'use.ts'), typedProgram)
    const options = [
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--lib',
      'es2024,esnext.disposable',
    ]
    const { exitCode, stdout } = await execa(
      join(top, 'node_modules', '.bin', 'tsc'),
      ['--noEmit', '--strict', '--skipLibCheck', ...options, 'use.ts'],
      { cwd: folder, reject: false, preferLocal: false },
    )
    assert.equal(exitCode, 0, stdout)
  })

  for (const command of ['slipway worker', 'slipway-worker']) {
    test(`${command} starts with its prebuilt workflows, and stops on SIGTERM`, async () => {
      const [program = '', ...args] = command.split(' ')
      const worker = run(folder, program, ...args)
      let ready = false
      for await (const line of worker.iterable({ from: 'all' })) {
        if (!/^Serving release and builder at |^The worker serves release and builder/.test(line))
          continue
        ready = true
        worker.kill('SIGTERM')
      }
      const { exitCode, stderr } = await worker
      assert.ok(ready, stderr)
      assert.equal(exitCode, 0, stderr)
      assert.doesNotMatch(stderr, /webpack/i, 'nothing was bundled')
    })
  }

  test('slipway local up runs a stack with the installed worker and command', async () => {
    const stateDir = join(temporaryFolder(), 'state')
    const up = run(folder, 'slipway', 'local', 'up', '--state-dir', stateDir)
    let shown = ''
    for await (const line of up.iterable({ from: 'all' })) {
      shown += `${line}\n`
      if (!line.startsWith('Ctrl-C stops it all')) continue
      const command = join(stateDir, 'bin', 'slipway')
      const version = await execa(command, ['--version'])
      assert.equal(version.stdout, await versionOf(join(top, 'package.json')))
      assert.match(await readFile(command, 'utf8'), /node_modules\/slipway\/dist\/cli\/main\.js/)
      up.kill('SIGINT')
    }
    const { exitCode } = await up
    assert.equal(exitCode, 0, shown)
    const down = await run(folder, 'slipway', 'local', 'down', '--state-dir', stateDir)
    assert.equal(down.exitCode, 0, down.stderr)
  })

  for (const name of names) {
    test(`${name} depends on the packages that it imports, and holds the files`, async () => {
      const installed = join(folder, 'node_modules', name)
      const { dependencies, peerDependencies = {} } = JSON.parse(
        await readFile(join(installed, 'package.json'), 'utf8'),
      )
      const imports = await importsOf(installed)
      assert.ok(imports.length > 50)
      for (const { file, module } of imports) {
        if (module.startsWith('.')) {
          const imported = relative(installed, join(installed, 'dist', dirname(file), module))
          assert.match(imported, /^dist\//, file)
          await access(join(installed, imported))
        }
        const needed = packageOf(module)
        if (needed === undefined) continue
        const isDeclared =
          Object.hasOwn(dependencies, needed) || Object.hasOwn(peerDependencies, needed)
        assert.ok(isDeclared, `${file} imports ${module}`)
      }
      const used = new Set(imports.map(({ module }) => packageOf(module)))
      for (const dependency of Object.keys(dependencies))
        assert.ok(used.has(dependency), `${name} does not import ${dependency}`)
    })

    test(`${name} holds no tests and no sources`, async () => {
      const installed = join(folder, 'node_modules', name)
      for await (const path of glob(join(installed, '**', '*'))) {
        const file = relative(installed, path)
        assert.doesNotMatch(file, /(^|\/)test\/|\.test\.|(?<!\.d)\.ts$/, file)
      }
    })
  }

  test('what a production uses holds neither the simulator nor the local stack', async () => {
    for (const name of ['slipway', 'slipway-worker']) {
      for await (const path of glob(join(folder, 'node_modules', name, 'dist', '*'))) {
        assert.doesNotMatch(path, /(local|simulator)$/)
      }
    }
  })
})

describe('slipway-simulator alone', () => {
  let folder: string

  before(async () => {
    folder = await installPackages(archiveOf('slipway-simulator'))
  })

  test('its command has a help, starts, and answers the protocols of AWS', async () => {
    const help = await run(folder, 'slipway-simulator', '--help')
    assert.equal(help.exitCode, 0)
    assert.match(
      help.stdout,
      /^Usage: slipway-simulator [^]*npx slipway-simulator --runtime scripted/,
    )
    const options = ['--runtime', 'scripted', '--port', '0']
    const simulator = run(folder, 'slipway-simulator', ...options)
    let answer: unknown
    for await (const line of simulator.iterable()) {
      const url = /^AWS endpoint +(http:\S+)/.exec(line)?.[1]
      if (url === undefined) continue
      const target = 'AmazonEC2ContainerServiceV20141113.ListClusters'
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target }
      answer = await (await fetch(url, { method: 'POST', headers, body: '{}' })).json()
      simulator.kill('SIGTERM')
    }
    const { exitCode, stderr } = await simulator
    assert.equal(exitCode, 0, stderr)
    assert.deepEqual(answer, { clusterArns: [] })
  })

  test('a program starts it as its README says', async () => {
    const readme = await readFile(join(folder, 'node_modules/slipway-simulator/README.md'), 'utf8')
    const snippet = /```js\n([^]*?)```/.exec(readme)?.[1]
    assert.ok(snippet)
    // The README has its reader install AWS's client as well.
    await symlink(join(top, 'node_modules/@aws-sdk'), join(folder, 'node_modules/@aws-sdk'))
    await writeFile(join(folder, 'snippet.js'), snippet)
    const { exitCode, stdout, stderr } = await execa(process.execPath, ['snippet.js'], {
      cwd: folder,
      reject: false,
      timeout: 60_000,
    })
    assert.equal(exitCode, 0, stderr)
    assert.match(stdout, /arn:aws:ecs:us-east-1:000000000000:cluster\/demo/)
  })
})
