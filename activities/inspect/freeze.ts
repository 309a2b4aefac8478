import { freezeText, activeFreeze } from '../../config/active-freeze.ts'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import { failure } from '../temporal/failures.ts'

/**
 * Rejects a release during a freeze window of the configuration. In an activity and not in the
 * workflow, since the local time of a zone depends on the version of the time zone database.
 *
 * Fails as `PreconditionFailed`.
 */
export function rejectWhileFrozen({ environment, admission }: EnvironmentSpec, now: number): void {
  const window = activeFreeze(admission.freezes, now)
  if (window === undefined) return
  throw failure(
    'PreconditionFailed',
    `${environment} is frozen: ${freezeText(window)}. Wait until the freeze is over, or override it: slipway deploy ${environment} --override-freeze --reason '…'`,
  )
}
