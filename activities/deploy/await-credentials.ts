import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { withHeartbeat } from '../temporal/heartbeat.ts'
import { isTransient, isUnauthenticated } from '../aws/errors.ts'
import { waitSignal } from '../temporal/worker-shutdown.ts'
import { machineClock, rest, type PollingClock } from '../polling/clock.ts'
import { describeServices } from '../ecs/services.ts'

/** Between two looks, in milliseconds: the first, and the longest. */
const firstPauseMs = 5_000
const longestPauseMs = 30_000

/**
 * Waits until AWS takes the worker's credentials again, as a look at the services tells, with
 * back-off; false once `deadline` (ms since the epoch) has passed and a last look said no. It rests
 * before the first look, so that whoever goes from here to a call that is refused once more, and
 * back, does so at this pace. Whether a look finds anything is not its matter.
 *
 * A worker that is asked to stop hands it on to the next one, which may have been started with new
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
      if (await areTaken(clients, spec)) return true
      if (clock.now() >= deadline) return false
    }
  })
}

async function areTaken(
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
