import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { execa } from 'execa'

const top = join(import.meta.dirname, '..', '..')

const ofTemporal = (paths: readonly string[]) =>
  paths.filter((path) => path.includes('@temporalio'))

test('the help of the command line loads neither Temporal’s client nor the library', async () => {
  const program = `
    import { createRequire } from 'node:module'
    import { createProgram } from './cli/program.ts'
    createProgram().helpInformation()
    await import('./client/user-error.ts')
    const early = Object.keys(createRequire(import.meta.url).cache)
    await import('./client/index.ts')
    const late = Object.keys(createRequire(import.meta.url).cache)
    process.stdout.write(JSON.stringify({ early, late }))`
  const args = ['--input-type=module', '--eval', program]
  const { stdout } = await execa(process.execPath, args, { cwd: top })
  const { early, late } = JSON.parse(stdout) as Record<'early' | 'late', readonly string[]>
  assert.deepEqual(ofTemporal(early), [])
  assert.ok(ofTemporal(late).length > 0, 'it would show')
})
