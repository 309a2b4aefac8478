import type { Command } from 'commander'
import { type CommonOptions, command, withJson, withTemporal } from './command.ts'

export function setupCommand(): Command {
  const setup = command(
    'setup',
    'Create the search attributes that releases are listed by in Temporal. Once for each namespace; doing it again does no harm.',
    ['slipway setup', 'slipway setup --profile production'],
  ).action(run)
  return withTemporal(withJson(setup))
}

async function run(options: CommonOptions): Promise<void> {
  const online = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  await online.withConnection(options, async ({ client, namespace }) => {
    const { created, present } = await online.setUpSearchAttributes(client)
    if (options.json === true) printJson({ namespace, created, present })
    else if (created.length === 0)
      print(`Namespace ${namespace} has every search attribute already.`)
    else print(`Created in namespace ${namespace}: ${created.join(', ')}`)
  })
}
