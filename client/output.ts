/** Where the answer of a command goes: standard output, and nothing else does. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** The answer for programs: one document. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

/** What a person should know though it is not the answer: standard error. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}
