import { log } from '@temporalio/activity'
import type { RolloutEnd } from '../../contract/activity-types.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { machineClock, rest } from '../polling/clock.ts'
import type { Pace } from './pace.ts'

/** How often a URL is tried: load balancers and DNS lag a little. */
const maxAttempts = 5
const timeoutMs = 10_000

/**
 * Requests the `verifyUrl` of every service that has one, following redirects: each must answer 2xx
 * within 10 s. Returns the failure, or undefined if all answered 2xx.
 */
export async function checkUrls(
  spec: EnvironmentSpec,
  pace: Pace,
  signal: AbortSignal,
): Promise<RolloutEnd | undefined> {
  for (const { name, verifyUrl } of spec.services) {
    if (verifyUrl === undefined) continue
    const problem = await checkWithRetries(verifyUrl, pace, signal)
    if (problem === undefined) continue
    return {
      kind: 'failed',
      reason: `${name}: ${withoutSecrets(verifyUrl)} ${problem}; expected 2xx (tried ${maxAttempts} times)`,
      cause: '',
    }
  }
  return undefined
}

async function checkWithRetries(
  url: string,
  pace: Pace,
  signal: AbortSignal,
): Promise<string | undefined> {
  let problem = await check(url, signal)
  for (let attempt = 1; problem !== undefined && attempt < maxAttempts; attempt += 1) {
    log.info(`${withoutSecrets(url)} ${problem}: trying again.`)
    await rest(machineClock, pace.nearEndMs * 8, signal)
    problem = await check(url, signal)
  }
  return problem
}

/** What is wrong with a URL's answer: `answered 503`; undefined if it is 2xx. */
async function check(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    await response.body?.cancel()
    return response.ok ? undefined : `answered ${response.status}`
  } catch (error) {
    signal.throwIfAborted()
    return `did not answer (${networkError(error)})`
  }
}

function networkError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

/** A URL for people, without its query and user, which may hold a password or a token. */
function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}
