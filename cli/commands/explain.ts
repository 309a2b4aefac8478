import type { Command } from 'commander'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

export function explainCommand(): Command {
  const explain = command(
    'explain',
    'Explain a release: what it did when, how it ended, and why. For an environment: the release that runs there, else the last one. Works for releases that have ended, and without a worker.',
    [
      'slipway explain production',
      'slipway explain release/production/3f2c1ab9d0e4',
      "slipway explain release/production/3f2c1ab9d0e4 --json | jq '.result.failedTasks'",
    ],
  )
    .argument('<release>', 'id of a release, or an environment in slipway.yaml')
    .action(run)
  return withTemporal(withConfig(withJson(explain)))
}

async function run(release: string, options: CommonOptions): Promise<void> {
  const online = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  const isId = /^release\/[^/]+\/./.test(release)
  const spec = isId ? undefined : await online.openEnvironment(release, options)
  await online.withConnection(options, async ({ client }) => {
    const id = spec === undefined ? release : await online.latestRelease(client, spec)
    const explanation = await online.explainRelease(client, id)
    if (options.json === true) printJson(explanation)
    else print(online.explanationText(explanation, Date.now()))
  })
}
