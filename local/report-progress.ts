/**
 * Reports what is about to happen on this machine, on standard error: standard output is for the
 * command's result.
 */
export function reportProgress(line: string): void {
  process.stderr.write(`slipway: ${line}\n`)
}
