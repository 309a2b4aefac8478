import type { Command } from 'commander'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

export function revisionsCommand(): Command {
  const revisions = command(
    'revisions',
    'List the revisions of a service, newest first: digest, commit, release and outcome of each, which one is live, and which one is the rollback target.',
    [
      'slipway revisions production api',
      "slipway revisions production api --json | jq -r '.[] | select(.isLive).taskDefinition'",
    ],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .argument('<service>', 'service in slipway.yaml')
    .action(run)
  return withTemporal(withConfig(withJson(revisions)))
}

async function run(environment: string, service: string, options: CommonOptions): Promise<void> {
  const lazy = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  const spec = await lazy.openEnvironment(environment, options)
  await lazy.withConnection(options, async ({ client }) => {
    await lazy.requireWorkers(client, { release: spec.taskQueues.release })
    const known = await lazy.listRevisions(client, spec, service)
    const status = await lazy.environmentStatus(client, spec)
    const revisions = lazy.withLedger(known, service, status)
    if (options.json === true) printJson(revisions)
    else print(lazy.revisionsText(revisions))
  })
}
