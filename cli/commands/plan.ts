import type { Command } from 'commander'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

interface PlanOptions extends CommonOptions {
  readonly commit?: string
}

export function planCommand(): Command {
  const plan = command(
    'plan',
    'Show what a release would change: images, task definitions, and services in order. Changes nothing.',
    ['slipway plan production', 'slipway plan production --commit my-branch --json'],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .option('--commit <ref>', 'commit, branch or tag (default: HEAD, if the checkout is clean)')
    .action(run)
  return withTemporal(withConfig(withJson(plan)))
}

async function run(environment: string, options: PlanOptions): Promise<void> {
  const lazy = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  const { spec, source } = await lazy.openEnvironmentAndSource(environment, options)
  await lazy.withConnection(options, async ({ client }) => {
    await lazy.requireWorkers(client, { release: spec.taskQueues.release })
    const plan = await lazy.planRelease(client, { spec, commit: source.commit })
    if (options.json === true) printJson(plan)
    else print(lazy.planText(plan))
  })
}
