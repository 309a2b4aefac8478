/**
 * What the runner of GitHub Actions does when a step prints a line of a certain form:
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */

/** Whether this process is a step of a job of GitHub Actions. */
export function inGitHubActions(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment['GITHUB_ACTIONS'] === 'true'
}

/** A message that the run's page shows on top, and beside the job. */
export function annotation(
  kind: 'error' | 'warning' | 'notice',
  title: string,
  message: string,
): string {
  return `::${kind} title=${asProperty(title)}::${asData(message)}`
}

/** Lines that the log shows folded, under a title. */
export function folded(title: string, lines: readonly string[]): string {
  return [`::group::${asData(title)}`, ...lines.map(inert), '::endgroup::'].join('\n')
}

/**
 * Text of others, such that no line of it is a command to the runner. The runner takes `::name` at
 * the beginning of a line, behind blanks too, and the older `##[name]` anywhere in it.
 */
export function inert(text: string): string {
  return text.replaceAll(/^([^\S\r\n]*):(?=:)/gm, '$1: ').replaceAll('##[', '# #[')
}

/** The same for a JSON text, which still means what it did: `##[` only stands in its strings. */
export function inertJson(json: string): string {
  return json.replaceAll('##[', '##\\u005b')
}

/** As the runner's own toolkit escapes it: a line end would begin the next line of the log. */
function asData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function asProperty(text: string): string {
  return asData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
