/** What the runner of GitHub Actions would take for a command: its own two forms. */
export function commandsIn(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/).filter((line) => /^\s*::/.test(line) || line.includes('##['))
}

/** The outputs of a step, from the file that it wrote, as the runner reads it. */
export function outputsOf(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n')
  const outputs: Record<string, string> = {}
  while (lines.length > 0) {
    const [name, delimiter] = (lines.shift() ?? '').split('<<')
    if (name === undefined || delimiter === undefined) continue
    const end = lines.indexOf(delimiter)
    outputs[name] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join('\n')
  }
  return outputs
}
