/**
 * Commands to the runner of GitHub Actions: lines of a certain form that a step prints.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */

/** Whether this process is a step of a job of GitHub Actions. */
export function inGitHubActions(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment['GITHUB_ACTIONS'] === 'true'
}

/** A message that the page of the run shows at the top, and beside the job. */
export function annotation(
  kind: 'error' | 'warning' | 'notice',
  title: string,
  message: string,
): string {
  return `::${kind} title=${asProperty(title)}::${asData(message)}`
}

/** Lines that the log folds under a title. */
export function folded(title: string, lines: readonly string[]): string {
  return [`::group::${asData(title)}`, ...lines.map(inert), '::endgroup::'].join('\n')
}

/**
 * Changes untrusted text so that no line of it is a command to the runner. The runner accepts `::name`
 * at the start of a line, after whitespace too, and the older `##[name]` anywhere in a line.
 */
export function inert(text: string): string {
  return text.replaceAll(/^([^\S\r\n]*):(?=:)/gm, '$1: ').replaceAll('##[', '# #[')
}

/** The same for JSON, whose value stays the same: `##[` can only occur in strings. */
export function inertJson(json: string): string {
  return json.replaceAll('##[', '##\\u005b')
}

/** Escapes as GitHub's toolkit does: a line end would start the next line of the log. */
function asData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function asProperty(text: string): string {
  return asData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
