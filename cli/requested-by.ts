import { hostname, userInfo } from 'node:os'
import { plain } from '../text/plain.ts'

/**
 * The requester of a release: `user@host`; in GitHub Actions, the account that triggered the run,
 * with the URL of the run. For people to read, not for access control: callers can claim any name.
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
    // In a container, the user id may have no name.
    return environment['USER'] ?? environment['LOGNAME'] ?? 'unknown'
  }
}
