import { log } from '@temporalio/activity'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { Pace } from './pace.ts'
import { machineClock, rest } from '../polling/clock.ts'
import type { RolloutEnd } from '../../contract/activity-types.ts'

/** How often a URL that answers badly is asked again: load balancers and DNS lag a little. */
const tries = 5
const answerWithinMs = 10_000

/**
 * Asks the `verifyUrl` of every service that has one, following redirects: each must answer 2xx
 * within 10 s. Gives the failure, or undefined where all is well.
 */
export async function askUrls(
  spec: EnvironmentSpec,
  pace: Pace,
  signal: AbortSignal,
): Promise<RolloutEnd | undefined> {
  for (const { name, verifyUrl } of spec.services) {
    if (verifyUrl === undefined) continue
    const answer = await askUntilWell(verifyUrl, pace, signal)
    if (answer === 'well') continue
    return {
      kind: 'failed',
      reason: `${name}: ${withoutSecrets(verifyUrl)} ${answer}, where 2xx was expected (asked ${tries} times)`,
      cause: '',
    }
  }
  return undefined
}

async function askUntilWell(url: string, pace: Pace, signal: AbortSignal): Promise<string> {
  let answer = await ask(url, signal)
  for (let asked = 1; answer !== 'well' && asked < tries; asked += 1) {
    log.info(`${withoutSecrets(url)} ${answer}: asking again.`)
    await rest(machineClock, pace.nearEndMs * 8, signal)
    answer = await ask(url, signal)
  }
  return answer
}

async function ask(url: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
    })
    await response.body?.cancel()
    return response.ok ? 'well' : `answered ${response.status}`
  } catch (error) {
    signal.throwIfAborted()
    return `did not answer (${reasonOf(error)})`
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

/** A URL for people: without what may be a password or a token in it. */
function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}
