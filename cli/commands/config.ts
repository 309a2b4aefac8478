import type { Command } from 'commander'
import { type CommonOptions, command, group, withConfig, withJson } from './command.ts'

export function configCommand(): Command {
  const check = command(
    'check',
    'Check slipway.yaml, and report every problem with its line and column.',
    ['slipway config check', 'slipway config check --config deploy/slipway.yaml --json'],
  ).action(run)
  return group('config', 'Check the configuration.', [withConfig(withJson(check))])
}

async function run(options: CommonOptions): Promise<void> {
  const { loadConfig } = await import('../../config/load.ts')
  const { ConfigError, formatProblem } = await import('../../config/problem.ts')
  const { note, print, printJson } = await import('../output.ts')
  if (options.json !== true) {
    const { file, config, warnings } = await loadConfig({ file: options.config })
    for (const warning of warnings) note(`warning: ${formatProblem(warning)}`)
    print(`${file} is valid. Environments: ${Object.keys(config.environments).join(', ')}`)
    return
  }
  try {
    const { file, warnings } = await loadConfig({ file: options.config })
    printJson({ valid: true, file, problems: [], warnings })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    printJson({ valid: false, problems: error.problems, warnings: [] })
    process.exitCode = 2
  }
}
