import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { checkVariables } from '../process/environment-variables.ts'
import { failure } from '../temporal/failures.ts'
import { run } from '../process/run.ts'

/**
 * Runs the user's check commands in a checkout, one after the other, each by `/bin/sh -c`: the one
 * place where a shell is used, since these lines are the user's own. Their output goes to the log,
 * its last lines into the failure. They run as the worker's user but without its AWS and Temporal
 * variables.
 *
 * Fails as `ChecksFailed` at the first command that does not exit with 0, or once the time for all
 * of them is up.
 */
export async function runChecks(path: string, { checks }: EnvironmentSpec): Promise<void> {
  const deadline = Date.now() + checks.timeoutMs
  for (const command of checks.commands) {
    const ran = await run('/bin/sh', ['-c', command], {
      cwd: path,
      env: checkVariables(),
      label: 'checks',
      guarded: true,
      timeoutMs: Math.max(1, deadline - Date.now()),
    })
    if (ran.kind === 'exited' && ran.exitCode === 0) continue
    const last =
      ran.tail.length === 0 ? 'It printed nothing.' : `Its last lines:\n${ran.tail.join('\n')}`
    throw failure('ChecksFailed', `Check "${command}" ${ending(ran, checks.timeoutMs)}. ${last}`)
  }
}

function ending(ran: Awaited<ReturnType<typeof run>>, timeoutMs: number): string {
  switch (ran.kind) {
    case 'exited':
      return `exited with ${ran.exitCode}`
    case 'killed':
      return `was ended by ${ran.signal}`
    case 'timed out':
      return `was not done when the ${Math.round(timeoutMs / 1_000)} s for all checks were up`
    case 'not found':
      return 'could not be run: there is no /bin/sh on the builder'
  }
}
