import type { Command } from 'commander'
import { type CommonOptions, command, withConfig, withJson, withTemporal } from './command.ts'

interface PlanOptions extends CommonOptions {
  readonly commit?: string
}

export function planCommand(): Command {
  const plan = command(
    'plan',
    'Show what a release would change: images, task definitions, services and their order. Changes nothing.',
    ['slipway plan production', 'slipway plan production --commit my-branch --json'],
  )
    .argument('<environment>', 'environment in slipway.yaml')
    .option('--commit <ref>', 'commit, branch or tag (default: HEAD of a checkout without changes)')
    .action(run)
  return withTemporal(withConfig(withJson(plan)))
}

async function run(environment: string, options: PlanOptions): Promise<void> {
  const online = await import('../lazy.ts')
  const { print, printJson } = await import('../output.ts')
  const { spec, source } = await online.openEnvironmentAndSource(environment, options)
  await online.withConnection(options, async ({ client }) => {
    await online.requireWorkers(client, { release: spec.taskQueues.release })
    const plan = await online.planRelease(client, { spec, commit: source.commit })
    if (options.json === true) printJson(plan)
    else print(online.planText(plan))
  })
}
