import type { Command } from 'commander'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

export function statusCommand(): Command {
  const status = command(
    'status',
    'Show what is live, what runs, and how the last releases ended.',
    ['slipway status production', 'slipway status production --json'],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .action(run)
  return withTemporal(withConfig(withJson(status)))
}

async function run(environment: string, options: CommonOptions): Promise<void> {
  const online = await import('../online.ts')
  const { print, printJson } = await import('../output.ts')
  const target = await online.openTarget(environment, options)
  await online.withConnection(options, async ({ client }) => {
    const status =
      (await online.environmentStatus(client, target)) ??
      online.untouchedEnvironment(environment, target.project)
    if (options.json === true) printJson(status)
    else print(online.environmentText(status, Date.now()))
  })
}
