import { freezeInWords, frozenBy } from '../../config/frozen.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { failure } from '../temporal/failures.ts'

/**
 * Refuses a release in a freeze window of the configuration. Here and not in a workflow, since
 * what a time zone's clock says may differ from one version of the time zone database to the next.
 *
 * Fails as `PreconditionFailed`.
 */
export function refuseWhileFrozen({ environment, admission }: EnvironmentSpec, now: number): void {
  const window = frozenBy(admission.freezes, now)
  if (window === undefined) return
  throw failure(
    'PreconditionFailed',
    `${environment} is frozen: ${freezeInWords(window)}. Wait until that is over, or deploy over it with --override-freeze --reason.`,
  )
}
