/**
 * Tells a person what is about to happen to their machine, on standard error: standard output
 * belongs to the command's own result.
 */
export function reportProgress(line: string): void {
  process.stderr.write(`slipway: ${line}\n`)
}
