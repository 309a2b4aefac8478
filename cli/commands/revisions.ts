import type { Command } from 'commander'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

export function revisionsCommand(): Command {
  const revisions = command(
    'revisions',
    'List the revisions of a service, newest first: what each one runs, which release made it, how that ended, which is live, and which is the way back.',
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
  const online = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  const spec = await online.openEnvironment(environment, options)
  await online.withConnection(options, async ({ client }) => {
    await online.requireWorkers(client, { release: spec.taskQueues.release })
    const known = await online.listRevisions(client, spec, service)
    const status = await online.environmentStatus(client, spec)
    const revisions = online.withLedger(known, service, status)
    if (options.json === true) printJson(revisions)
    else print(online.revisionsText(revisions))
  })
}
