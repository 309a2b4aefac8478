import assert from 'node:assert/strict'
import { access, glob, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { before, describe, test } from 'node:test'
import { execa } from 'execa'
import { temporaryFolder } from '../../temporary-folder.ts'
import {
  importsOf,
  installPackages,
  packageOf,
  type PackedPackages,
  top,
  versionOf,
} from './packed-packages.ts'
import { typedProgram } from './typed-program.ts'

/** What all packages do in one folder, and what they hold. */
export function testAllPackages(packed: () => PackedPackages): void {
  describe('all packages together', () => {
    let folder: string
    const names = ['slipway', 'slipway-worker', 'slipway-local', 'slipway-simulator'] as const

    before(async () => {
      folder = await installPackages(...names.map(packed().archiveOf))
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
        const worker = packed().run(folder, program, ...args)
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
      const up = packed().run(folder, 'slipway', 'local', 'up', '--state-dir', stateDir)
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
      const down = await packed().run(folder, 'slipway', 'local', 'down', '--state-dir', stateDir)
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
}
