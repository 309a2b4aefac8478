import type { Client } from '@temporalio/client'
import { exitStatusWhenWaitingEnds } from '../contract/outcome.ts'
import { type AbortOptions, abortable, pause } from './temporal/abort.ts'
import { errorMessage } from './temporal/error-message.ts'
import { asUserError } from './temporal/errors.ts'
import { isDeadline, isExhausted, isOutage } from './temporal/grpc-status.ts'
import { UserError } from './user-error.ts'

export interface UpdateTimeouts {
  /** For one answer: admitting a request may take the start of two workflows. @default 30 s */
  readonly answerMs?: number
  /** For a lost connection to come back. @default 60 s */
  readonly outageMs?: number
  /** Between two attempts. @default 1 s */
  readonly pauseMs?: number
}

/**
 * Sends an Update to an environment. A lost connection may have lost the request or its answer, so
 * the Update is sent again until the server is back: under one id, it is executed once.
 *
 * @param send sends an Update whose id is always the same
 * @throws UserError if the environment rejects it; with the status 124 if nobody knows whether the
 *   environment has the request, since it may act on it yet
 */
export async function sendUpdate<T>(
  client: Client,
  environment: string,
  send: () => Promise<T>,
  {
    signal,
    answerMs = 30_000,
    outageMs = 60_000,
    pauseMs = 1_000,
  }: UpdateTimeouts & AbortOptions = {},
): Promise<T> {
  const giveUpAt = Date.now() + outageMs
  for (;;) {
    try {
      return await abortable(client, signal, () => client.withDeadline(Date.now() + answerMs, send))
    } catch (error) {
      signal?.throwIfAborted()
      if (!isOutage(error)) throw asUserError(error)
      const isSilent = isDeadline(error)
      if (isSilent || Date.now() + pauseMs > giveUpAt) {
        throw withoutAnswer(environment, isSilent, error)
      }
    }
    await pause(pauseMs, signal)
  }
}

function withoutAnswer(environment: string, isSilent: boolean, cause: unknown): UserError {
  const trouble = isExhausted(cause)
    ? 'Temporal has taken no more requests for a minute'
    : 'The connection to Temporal is lost'
  const what = isSilent
    ? `${environment} was asked and did not answer in time`
    : `${trouble} (${errorMessage(cause)}), and ${environment} may have been asked or not`
  return new UserError(
    `${what}; it may still act on it. Check before you try again: slipway status ${environment}`,
    { exitStatus: exitStatusWhenWaitingEnds, cause },
  )
}
