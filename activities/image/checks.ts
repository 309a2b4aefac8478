import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { checkVariables } from '../process/environment-variables.ts'
import { failure } from '../temporal/failures.ts'
import { run, succeeded, type RunResult } from '../process/run.ts'

/**
 * Runs the user's check commands in a checkout, one after the other, each with `/bin/sh -c`: the
 * only use of a shell, since these command lines are the user's own. Their output goes to the log,
 * and its last lines into the failure. They run as the worker's user, but without its AWS and
 * Temporal variables.
 *
 * Fails as `ChecksFailed` at the first command that does not exit with 0, or when the time for all
 * of them is up.
 */
export async function runChecks(path: string, { checks }: EnvironmentSpec): Promise<void> {
  const deadline = Date.now() + checks.timeoutMs
  for (const command of checks.commands) {
    const result = await run('/bin/sh', ['-c', command], {
      cwd: path,
      env: checkVariables(),
      label: 'checks',
      guarded: true,
      timeoutMs: Math.max(1, deadline - Date.now()),
    })
    if (succeeded(result)) continue
    const output =
      result.tail.length === 0
        ? 'It printed nothing.'
        : `Its last lines:\n${result.tail.join('\n')}`
    const outcome = outcomeOf(result, checks.timeoutMs)
    throw failure('ChecksFailed', `Check "${command}" ${outcome}. ${output}`)
  }
}

function outcomeOf(result: RunResult, timeoutMs: number): string {
  switch (result.kind) {
    case 'exited':
      return `exited with ${result.exitCode}`
    case 'killed':
      return `was killed by ${result.signal}`
    case 'timed out':
      return `did not finish within the ${Math.round(timeoutMs / 1_000)} s for all checks ("checks.timeout" in slipway.yaml)`
    case 'not found':
      return 'could not run: the builder has no /bin/sh'
  }
}
