import type { Command } from 'commander'
import { print } from '../output.ts'
import { command } from './command.ts'

/** Completion scripts run this command: it prints nothing else on standard output. */
export function environmentsCommand(): Command {
  return command('environments', 'List the environments in slipway.yaml.', [
    'slipway environments',
  ]).action(async () => {
    const { loadConfig } = await import('../../config/load.ts')
    const { config } = await loadConfig()
    for (const name of Object.keys(config.environments)) print(name)
  })
}
