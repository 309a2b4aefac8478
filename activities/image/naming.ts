import type { EnvironmentSpec, ImageSpec } from '../../contract/environment-spec.ts'
import type { FoundImage } from '../../contract/activity-types.ts'
import { failure } from '../temporal/failures.ts'

/** The label that says which commit an image was made from (OCI image spec, annotations). */
export const revisionLabel = 'org.opencontainers.image.revision'

/** The tag of a commit's image: pushed once and never moved. */
export const immutableTag = (image: string, commit: string) => `${image}-${commit}`

/** The tag that always points at the newest release: a convenience in `pin` mode. */
export const movingTag = (image: string) => `${image}-latest`

/** `<repositoryUri>:<image>-<commit>` */
export const referenceOf = ({ repositoryUri, tag }: FoundImage) => `${repositoryUri}:${tag}`

/** Host and port of a repository's registry, as an engine's client logs in there. */
export const registryOf = ({ repositoryUri }: Pick<FoundImage, 'repositoryUri'>) =>
  repositoryUri.split('/')[0] ?? ''

/** The configured image of that name. Fails as `PreconditionFailed` if there is none. */
export function imageNamed({ images }: EnvironmentSpec, name: string): ImageSpec {
  const image = images.find((one) => one.name === name)
  if (image !== undefined) return image
  const known = images.map((one) => `"${one.name}"`).join(', ') || 'none'
  throw failure(
    'PreconditionFailed',
    `slipway.yaml has no image "${name}" (it has: ${known}). Add it under "images", or correct the name.`,
  )
}
