import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import { note } from './output.ts'
import { environmentStatus } from '../client/index.ts'

/** A slow receiver must not keep a CI job waiting for longer. */
const maxWaitMs = 15_000

/**
 * Waits until the notifications of a release are delivered or given up. For a command that runs the
 * only worker: when it ends, the rest waits for the next worker. Takes at most 15 s, and never fails.
 */
export async function untilNotified(
  client: Client,
  spec: EnvironmentSpec,
  release: string,
): Promise<void> {
  if (spec.notifications === undefined) return
  const deadline = Date.now() + maxWaitMs
  while (Date.now() < deadline) {
    const status = await environmentStatus(client, spec).catch(() => undefined)
    const isNotified =
      status !== undefined &&
      status.running?.id !== release &&
      status.unsent?.some((one) => one.release === release) !== true
    if (isNotified) return
    await delay(200)
  }
  note('Some notifications are not delivered yet. The next worker delivers them.')
}
