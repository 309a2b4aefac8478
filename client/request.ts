import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { exitStatusWhenWaitingEnds } from '../contract/outcome.ts'
import { explained, isDeadline, isOutage, errorMessage } from './explain-error.ts'
import { type Interrupt, onInterrupt, signalStatus } from '../cli/interrupt.ts'
import { UserError } from './user-error.ts'

export interface Patience {
  /** For one answer: letting a request in may mean to start two workflows. @default 30 s */
  readonly answerMs?: number
  /** For a connection to come back that is lost. @default 60 s */
  readonly outageMs?: number
  /** Between two tries. @default 1 s */
  readonly pauseMs?: number
}

/**
 * Asks an environment to do something. What is lost with a connection may be the request or its
 * answer, so the same is asked again until the server is back: under one id, it is done once.
 *
 * @param ask sends an Update whose id is always the same
 * @throws Refusal where the environment says no; with the status 124 where nobody knows whether it
 *   has the request, since it may act on it yet; with 130 or 143 where this process was asked to end
 */
export async function requested<T>(
  client: Client,
  environment: string,
  ask: () => Promise<T>,
  { answerMs = 30_000, outageMs = 60_000, pauseMs = 1_000 }: Patience = {},
): Promise<T> {
  const giveUpAt = Date.now() + outageMs
  const asking = new AbortController()
  let by: Interrupt | undefined
  const hush = onInterrupt((signal) => {
    by = signal
    asking.abort()
  })
  try {
    for (;;) {
      try {
        return await client.withAbortSignal(asking.signal, () =>
          client.withDeadline(Date.now() + answerMs, ask),
        )
      } catch (error) {
        if (by !== undefined) throw interrupted(environment, by, error)
        if (!isOutage(error)) throw explained(error)
        const isSilent = isDeadline(error)
        if (isSilent || Date.now() + pauseMs > giveUpAt) throw unknown(environment, isSilent, error)
      }
      // Cut short by an interrupt, of which the next try says so.
      await delay(pauseMs, undefined, { signal: asking.signal }).catch(() => {})
    }
  } finally {
    hush()
  }
}

function interrupted(environment: string, by: Interrupt, cause: unknown): UserError {
  return new UserError(
    `Interrupted before ${environment} answered; it may have been asked and act on it. Look before you ask again: slipway status ${environment}`,
    { exitStatus: signalStatus[by], cause },
  )
}

function unknown(environment: string, isSilent: boolean, cause: unknown): UserError {
  const what = isSilent
    ? `${environment} was asked and did not answer in time`
    : `The connection to Temporal is lost (${errorMessage(cause)}), and ${environment} may have been asked or not`
  return new UserError(
    `${what}; it may still act on it. Look before you ask again: slipway status ${environment}`,
    { exitStatus: exitStatusWhenWaitingEnds, cause },
  )
}
