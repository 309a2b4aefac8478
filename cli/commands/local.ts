import { extname, join } from 'node:path'
import type { Command } from 'commander'
import { command, group } from './command.ts'

interface LocalOptions {
  readonly stateDir?: string
}

const stateDir = [
  '--state-dir <folder>',
  'folder of its state (default: one for the user)',
] as const

export function localCommand(): Command {
  const up = command('up', 'Start the whole stack, print its addresses, and stop it on Ctrl-C.', [
    'slipway local up',
  ])
    .option(...stateDir)
    .action(async (options: LocalOptions) => {
      const { loadPackage, packageFile, requirePackages } = await import('../optional-package.ts')
      requirePackages('slipway-local', 'slipway-worker')
      const slipway = join(import.meta.dirname, '..', `main${extname(import.meta.filename)}`)
      const programs = { slipway, worker: packageFile('slipway-worker', 'main') }
      const { localUp } = await loadPackage('slipway-local')
      await withUserErrors(() => localUp({ ...options, programs }))
    })
  const down = command('down', 'Stop the stack, also after a crash, and remove its state.', [
    'slipway local down',
  ])
    .option(...stateDir)
    .action(async (options: LocalOptions) => {
      const { loadPackage } = await import('../optional-package.ts')
      const { localDown } = await loadPackage('slipway-local')
      await withUserErrors(() => localDown(options))
    })
  return group(
    'local',
    'A stack to try Slipway on this machine: Temporal, a registry, a simulated AWS',
    [up, down],
  )
}

/**
 * What fails in a local stack lies with the machine: no engine, a port that is taken, a program that
 * cannot be downloaded.
 *
 * @throws UserError with the message of what failed; a programming error is thrown as it is
 */
async function withUserErrors(run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    const isDefect = [TypeError, ReferenceError, RangeError].some((kind) => error instanceof kind)
    if (isDefect || !(error instanceof Error)) throw error
    const { UserError } = await import('../../client/user-error.ts')
    throw new UserError(error.message, { cause: error })
  }
}
