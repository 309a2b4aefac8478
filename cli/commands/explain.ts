import type { Command } from 'commander'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

export function explainCommand(): Command {
  const explain = command(
    'explain',
    'Explain a release: what it did and when, how it ended, and why. Given an environment, explains its running release, or else its last one. Works for ended releases, and without a worker.',
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
  const lazy = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  const isId = /^release\/[^/]+\/./.test(release)
  const spec = isId ? undefined : await lazy.openEnvironment(release, options)
  await lazy.withConnection(options, async ({ client }) => {
    const id = spec === undefined ? release : await lazy.latestRelease(client, spec)
    const explanation = await lazy.explainRelease(client, id)
    if (options.json === true) printJson(explanation)
    else print(lazy.explanationText(explanation, Date.now()))
  })
}
