import type { Command } from 'commander'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

export function releasesCommand(): Command {
  const releases = command('releases', 'List the last releases of an environment, newest first.', [
    'slipway releases production',
    "slipway releases production --json | jq -r '.[] | [.id, .outcome] | @tsv'",
  ])
    .argument('<environment>', 'environment in slipway.yaml')
    .action(run)
  return withTemporal(withConfig(withJson(releases)))
}

async function run(environment: string, options: CommonOptions): Promise<void> {
  const online = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  const spec = await online.openEnvironment(environment, options)
  await online.withConnection(options, async ({ client }) => {
    const status = await online.environmentStatus(client, spec)
    const releases = status?.releases ?? []
    if (options.json === true) printJson(releases)
    else if (releases.length === 0) print(`Nothing has been released to ${environment} yet.`)
    else print(online.releasesText(releases))
  })
}
