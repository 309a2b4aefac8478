import type { ServiceSpec } from '../../contract/environment-spec.ts'
import type { RunningRevision } from '../../rollout/deployment.ts'

/**
 * The digests of the containers that Slipway deploys. ECS reports those of sidecars, too, and older
 * entries of the ledger have them: a sidecar on a moving tag may run a newer image in the next task,
 * so nothing may expect its digest.
 */
export function digestsOfContainers(
  { containers }: ServiceSpec,
  digests: RunningRevision['digests'],
): RunningRevision['digests'] {
  return Object.fromEntries(
    Object.entries(digests).filter(([name]) => containers[name] !== undefined),
  )
}
