import type { Command } from 'commander'
import { createProgram } from './program.ts'

/** The reference page of the command line, in Markdown: the help of every command. */
export function commandReference(): string {
  const program = createProgram()
  return `<!-- Made by \`node scripts/reference.ts\` from the commands' own help. Change it there. -->

# Commands

The help of every command, as \`slipway <command> --help\` shows it.

${sections(program, '').join('\n')}`
}

function sections(command: Command, path: string): readonly string[] {
  const name = `${path} ${command.name()}`.trim()
  return [
    `## ${name}\n\n\`\`\`\n${helpOf(command)}\n\`\`\`\n`,
    ...command.commands.flatMap((one) => sections(one, name)),
  ]
}

/** At a fixed width, whatever the terminal's, and with the text after the options. */
function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: (part) => {
      text += part
    },
    getOutHelpWidth: () => 96,
    getOutHasColors: () => false,
  })
  command.outputHelp()
  return text.trimEnd()
}
