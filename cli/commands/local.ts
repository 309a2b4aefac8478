import type { Command } from 'commander'
import { command, group } from './command.ts'

interface LocalOptions {
  readonly stateDir?: string
}

const stateDir = [
  '--state-dir <folder>',
  'where its state is kept (default: one for the user)',
] as const

export function localCommand(): Command {
  const up = command('up', 'Start everything, say where it is, and stop it all on Ctrl-C.', [
    'slipway local up',
  ])
    .option(...stateDir)
    .action(async (options: LocalOptions) => {
      const { localUp } = await import('../../local/up.ts')
      await localUp(options)
    })
  const down = command('down', 'Stop what is left of it, and remove its state.', [
    'slipway local down',
  ])
    .option(...stateDir)
    .action(async (options: LocalOptions) => {
      const { localDown } = await import('../../local/down.ts')
      await localDown(options)
    })
  return group(
    'local',
    'A place to try Slipway out on this machine: Temporal, a registry, a simulated AWS',
    [up, down],
  )
}
