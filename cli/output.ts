import { inGitHubActions, inert, inertJson } from './github/workflow-commands.ts'

/** Prints the answer of a command on standard output. Nothing else goes there. */
export function print(text: string): void {
  process.stdout.write(`${shown(text)}\n`)
}

/** Prints the answer as one JSON document. */
export function printJson(value: unknown): void {
  process.stdout.write(`${jsonText(value, 2)}\n`)
}

/** Prints a part of the answer as one line of JSON. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${jsonText(value)}\n`)
}

/** Prints anything that is not the answer on standard error. */
export function note(text: string): void {
  process.stderr.write(`${shown(text)}\n`)
}

/**
 * Sends a command to the runner of GitHub Actions: on standard error, which it reads as well, since
 * a program may read standard output.
 */
export function sendRunnerCommand(command: string): void {
  process.stderr.write(`${command}\n`)
}

/** Text that is safe to print: in GitHub Actions, some lines would be commands to the runner. */
export function shown(text: string): string {
  return inGitHubActions() ? inert(text) : text
}

/** JSON that is safe to print in the same way. */
export function jsonText(value: unknown, indent?: number): string {
  return inertJson(JSON.stringify(value, null, indent))
}
