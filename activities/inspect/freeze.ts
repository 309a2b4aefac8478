import { freezeInWords, frozenBy } from '../../config/frozen.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { failure } from '../temporal/failures.ts'

/**
 * Refuses a release in a freeze window of the configuration. Here and not in a workflow, since
 * what a time zone's clock says may differ from one version of the time zone database to the next.
 *
 * Fails as `Rejected`.
 */
export function refuseWhileFrozen({ environment, door }: EnvironmentSpec, now: number): void {
  const window = frozenBy(door.freezes, now)
  if (window === undefined) return
  throw failure(
    'Rejected',
    `${environment} is frozen: ${freezeInWords(window)}. Wait until that is over, or deploy over it with --override-freeze --reason.`,
  )
}
