import { hostname, userInfo } from 'node:os'
import { plain } from '../text/plain.ts'

/**
 * Who asks: `user@host`; in GitHub Actions the account that triggered the run, with the run's
 * address. For people to read, not for access control: it is what the caller says of itself.
 */
export function requester(environment: NodeJS.ProcessEnv = process.env): string {
  const actor = environment['GITHUB_ACTOR']
  if (environment['GITHUB_ACTIONS'] === 'true' && actor !== undefined && actor !== '') {
    const server = environment['GITHUB_SERVER_URL'] ?? 'https://github.com'
    const repository = environment['GITHUB_REPOSITORY']
    const run = environment['GITHUB_RUN_ID']
    if (repository === undefined || run === undefined) return plain(actor)
    return plain(`${actor} (${server}/${repository}/actions/runs/${run})`)
  }
  return plain(`${userName(environment)}@${hostname()}`)
}

function userName(environment: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username
  } catch {
    // A container may run as a number that has no name.
    return environment['USER'] ?? environment['LOGNAME'] ?? 'somebody'
  }
}
