import type { TaskDefinition } from '@aws-sdk/client-ecs'
import type { ServiceSpec } from '../../contract/environment-spec.ts'
import type { Revision } from '../../contract/activity-types.ts'

/**
 * Digests of a task definition's configured containers, as their images are pinned.
 *
 * @param resolved container name → digest, for containers whose image is not pinned
 */
export function pinnedDigests(
  { containers }: ServiceSpec,
  { containerDefinitions = [] }: TaskDefinition,
  resolved: Revision['digests'] = {},
): Revision['digests'] {
  return Object.fromEntries(
    containerDefinitions.flatMap(({ name = '', image = '' }): [string, string][] => {
      const digest = image.split('@')[1] ?? resolved[name]
      return digest === undefined || containers[name] === undefined ? [] : [[name, digest]]
    }),
  )
}
