import { Command } from 'commander'
import { command } from './command.ts'

export function localCommand(): Command {
  return new Command('local')
    .description(
      'A place to try Slipway out on this machine: Temporal, a registry, a simulated AWS.',
    )
    .helpOption('-h, --help', 'show this help')
    .addCommand(
      command('up', 'Start everything, say where it is, and stop it all on Ctrl-C.', [
        'slipway local up',
      ]).action(async () => {
        const { localUp } = await import('../../local/up.ts')
        await localUp()
      }),
    )
    .addCommand(
      command('down', 'Stop what is left of it, and remove its state.', [
        'slipway local down',
      ]).action(async () => {
        const { localDown } = await import('../../local/down.ts')
        await localDown()
      }),
    )
}
