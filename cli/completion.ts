import type { Command } from 'commander'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

interface Word {
  readonly word: string
  readonly description: string
}

interface CompletableCommand {
  /** `deploy`, or `local up`. */
  readonly path: string
  readonly description: string
  readonly words: readonly Word[]
  readonly takesEnvironment: boolean
}

/** A completion script, generated from the commands, options and arguments of the program. */
export function completionScript(shell: Shell, program: Command): string {
  const commands = completableCommands(program, '')
  switch (shell) {
    case 'bash':
      return bash(program.name(), commands)
    case 'zsh':
      return `autoload -U +X compinit bashcompinit && compinit && bashcompinit\n${bash(program.name(), commands)}`
    case 'fish':
      return fish(program.name(), commands)
  }
}

function completableCommands(command: Command, path: string): readonly CompletableCommand[] {
  const options = command.options.flatMap((option) =>
    option.long ? [{ word: option.long, description: option.description }] : [],
  )
  const subcommands = command.commands.map((one) => ({
    word: one.name(),
    description: one.summary() || one.description(),
  }))
  const choices = command.registeredArguments.flatMap((argument) =>
    (argument.argChoices ?? []).map((word) => ({ word, description: '' })),
  )
  return [
    {
      path,
      description: command.description(),
      words: [
        ...subcommands,
        ...choices,
        ...options,
        { word: '--help', description: 'show this help' },
      ],
      takesEnvironment: command.registeredArguments.some((argument) =>
        /environment in slipway.yaml/.test(argument.description),
      ),
    },
    ...command.commands.flatMap((one) => completableCommands(one, `${path} ${one.name()}`.trim())),
  ]
}

function bash(name: string, commands: readonly CompletableCommand[]): string {
  const cases = commands.map(({ path, words, takesEnvironment }) => {
    const list = words.map((one) => one.word).join(' ')
    const environments = takesEnvironment ? ` $(${name} environments 2>/dev/null)` : ''
    return `    "${path}") words="${list}${environments}" ;;`
  })
  const paths = commands.map((one) => `"${one.path}"`).filter((path) => path !== '""')
  return `_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${paths.join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${name} ${name}`
}

function fish(name: string, commands: readonly CompletableCommand[]): string {
  const lines = commands.flatMap(({ path, words, takesEnvironment }) => {
    const first = path.split(' ')[0] ?? ''
    const rest = path.split(' ')[1]
    const condition =
      path === ''
        ? '__fish_use_subcommand'
        : `__fish_seen_subcommand_from ${first}${rest === undefined ? '' : `; and __fish_seen_subcommand_from ${rest}`}`
    const complete = `complete -c ${name} -f -n '${condition}'`
    return [
      ...words.map(({ word, description }) => {
        const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`
        return `${complete} ${what} -d '${description.replaceAll(/['\\]/g, '\\$&')}'`
      }),
      ...(takesEnvironment ? [`${complete} -a '(${name} environments 2>/dev/null)'`] : []),
    ]
  })
  return lines.join('\n')
}
