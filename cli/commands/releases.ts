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
  const lazy = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  const spec = await lazy.openEnvironment(environment, options)
  await lazy.withConnection(options, async ({ client }) => {
    const status = await lazy.environmentStatus(client, spec)
    const releases = status?.releases ?? []
    if (options.json === true) printJson(releases)
    else if (releases.length === 0) print(`Nothing has been released to ${environment} yet.`)
    else print(lazy.releasesText(releases))
  })
}
