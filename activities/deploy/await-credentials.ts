import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { isTransient, isUnauthenticated } from '../aws/errors.ts'
import { describeServices } from '../ecs/services.ts'
import { machineClock, rest, type PollingClock } from '../polling/clock.ts'
import { withHeartbeat } from '../temporal/heartbeat.ts'
import { waitSignal } from '../temporal/worker-shutdown.ts'

/** Milliseconds between two tries: the first pause, and the longest. */
const firstPauseMs = 5_000
const longestPauseMs = 30_000

/**
 * Waits until AWS accepts the worker's credentials again: describes the services, with back-off.
 * False if a last try after `deadline` (ms since the epoch) is rejected too. It pauses before the
 * first try, so that a caller that alternates between this and a call that AWS keeps rejecting does
 * so at this pace. What the services look like does not matter.
 *
 * A worker that shuts down hands the wait to the next one, which may have been started with new
 * credentials.
 */
export async function awaitCredentials(
  clients: AwsClients,
  { spec, deadline }: { readonly spec: EnvironmentSpec; readonly deadline: number },
  shutdownSignal?: AbortSignal,
  clock: PollingClock = machineClock,
): Promise<boolean> {
  return await withHeartbeat(async () => {
    const signal = waitSignal(shutdownSignal)
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const leftMs = deadline - clock.now()
      await rest(clock, Math.max(0, Math.min(pauseMs, leftMs)), signal)
      if (await areAccepted(clients, spec)) return true
      if (clock.now() >= deadline) return false
    }
  })
}

async function areAccepted(
  clients: AwsClients,
  { cluster, services }: EnvironmentSpec,
): Promise<boolean> {
  try {
    await describeServices(
      clients,
      cluster,
      services.map(({ ecsService }) => ecsService),
    )
    return true
  } catch (error) {
    return !isUnauthenticated(error) && !isTransient(error)
  }
}
