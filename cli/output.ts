import { inGitHubActions, inert, inertJson } from './github/workflow-commands.ts'

/** Where the answer of a command goes: standard output, and nothing else does. */
export function print(text: string): void {
  process.stdout.write(`${shown(text)}\n`)
}

/** The answer for programs: one document. */
export function printJson(value: unknown): void {
  process.stdout.write(`${jsonText(value, 2)}\n`)
}

/** The answer for programs that read line by line. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${jsonText(value)}\n`)
}

/** What a person should know though it is not the answer: standard error. */
export function note(text: string): void {
  process.stderr.write(`${shown(text)}\n`)
}

/**
 * A command to the runner of GitHub Actions. It reads standard error as well, and standard output
 * may be read by a program.
 */
export function tellRunner(command: string): void {
  process.stderr.write(`${command}\n`)
}

/** As a terminal or a log may show it: to the runner of GitHub Actions, some lines are commands. */
export function shown(text: string): string {
  return inGitHubActions() ? inert(text) : text
}

/** JSON in which nothing is a command to the runner of GitHub Actions. */
export function jsonText(value: unknown, indent?: number): string {
  return inertJson(JSON.stringify(value, null, indent))
}
