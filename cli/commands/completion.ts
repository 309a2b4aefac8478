import { Argument, type Command } from 'commander'
import { type Shell, completionScript, shells } from '../completion.ts'
import { print } from '../output.ts'
import { command } from './command.ts'

export function completionCommand(): Command {
  return command(
    'completion',
    'Print a script that completes commands, options and environments.',
    [
      'slipway completion bash > ~/.local/share/bash-completion/completions/slipway',
      'slipway completion zsh > "${fpath[1]}/_slipway"',
      'slipway completion fish > ~/.config/fish/completions/slipway.fish',
    ],
  )
    .addArgument(new Argument('<shell>', 'shell to complete in').choices(shells))
    .action((shell: Shell, _: unknown, self: Command) =>
      print(completionScript(shell, self.parent ?? self)),
    )
}

/** What completion scripts ask for: the environments of the nearest slipway.yaml, or nothing. */
export function environmentsCommand(): Command {
  return command('environments', 'List the environments in slipway.yaml.', [
    'slipway environments',
  ]).action(async () => {
    const { loadConfig } = await import('../../config/load.ts')
    const { config } = await loadConfig()
    for (const name of Object.keys(config.environments)) print(name)
  })
}
