import assert from 'node:assert/strict'
import { copyFile, glob, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { execa } from 'execa'
import { temporaryFolder } from '../../temporary-folder.ts'
import {
  installPackages,
  type PackageName,
  type PackedPackages,
  top,
  versionOf,
} from './packed-packages.ts'

/** What the command line does without the other packages. */
export function testSlipwayAlone(packed: () => PackedPackages): void {
  describe('slipway alone', () => {
    let folder: string
    let installed: string
    const slipway = (...args: readonly string[]) => packed().run(folder, 'slipway', ...args)

    before(async () => {
      folder = await installPackages(packed().archiveOf('slipway'))
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
        { cwd: project, reject: false, env: packed().env },
      )
      assert.match(stderr, /^The worker did not start: this is the worker of the project$/m)
    })
  })
}

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
