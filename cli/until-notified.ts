import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import { note } from './output.ts'
import { environmentStatus } from '../client/index.ts'

/** A job should not hang on somebody else's receiver. */
const patienceMs = 15_000

/**
 * Waits until people have been told of the end of a release, or that is given up: for a command
 * that is the worker, and would leave it to the next one. It takes no more than 15 s, and never
 * fails.
 */
export async function untilNotified(
  client: Client,
  spec: EnvironmentSpec,
  release: string,
): Promise<void> {
  if (spec.notifications === undefined) return
  const giveUp = Date.now() + patienceMs
  while (Date.now() < giveUp) {
    const status = await environmentStatus(client, spec).catch(() => undefined)
    const isTold =
      status !== undefined &&
      status.running?.id !== release &&
      status.unsent?.some((one) => one.release === release) !== true
    if (isTold) return
    await delay(200)
  }
  note('Not everybody has been told of it yet: the next worker does that.')
}
