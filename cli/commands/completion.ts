import { Argument, type Command } from 'commander'
import { type Shell, completionScript, shells } from '../completion.ts'
import { print } from '../output.ts'
import { command } from './command.ts'

export function completionCommand(): Command {
  return command(
    'completion',
    'Print a completion script for commands, options and environments.',
    [
      'slipway completion bash > ~/.local/share/bash-completion/completions/slipway',
      'slipway completion zsh > "${fpath[1]}/_slipway"',
      'slipway completion fish > ~/.config/fish/completions/slipway.fish',
    ],
  )
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .action((shell: Shell, _: unknown, self: Command) =>
      print(completionScript(shell, self.parent ?? self)),
    )
}
