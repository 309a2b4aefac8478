import type { Command } from 'commander'
import { type CommonOptions, command, withJson, withTemporal } from './command.ts'

export function setupCommand(): Command {
  const setup = command(
    'setup',
    'Create the search attributes by which Temporal lists releases. Run it once per namespace; running it again does no harm.',
    ['slipway setup', 'slipway setup --profile production'],
  ).action(run)
  return withTemporal(withJson(setup))
}

async function run(options: CommonOptions): Promise<void> {
  const lazy = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  await lazy.withConnection(options, async ({ client, namespace }) => {
    const { created, present } = await lazy.setUpSearchAttributes(client)
    if (options.json === true) printJson({ namespace, created, present })
    else if (created.length === 0)
      print(`Namespace ${namespace} already has every search attribute.`)
    else print(`Created in namespace ${namespace}: ${created.join(', ')}`)
  })
}
