import type { FoundImage, RequiredPlatform } from '../../contract/activity-types.ts'
import { ecrRepositoryOf } from '../../contract/ecr-repository.ts'
import type { EnvironmentSpec, ImageSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { platformsOf, type ImageManifest } from '../image/manifest.ts'
import { referenceOf } from '../image/naming.ts'
import { misfits } from './misfit.ts'
import { parsePlatforms, platformsToBuild, type Platform } from './platform.ts'

/** The platforms of the services that run an image, as far as they are known. */
export function requiredPlatforms(
  { services }: EnvironmentSpec,
  image: string,
  inspected: readonly { readonly name: string; readonly platform?: RequiredPlatform }[],
): readonly RequiredPlatform[] {
  return inspected.flatMap(({ name, platform }) => {
    const containers = services.find((one) => one.name === name)?.containers ?? {}
    return platform !== undefined && Object.values(containers).includes(image) ? [platform] : []
  })
}

/** Why `platform` of an image in `slipway.yaml` cannot be right, before anything is built. */
export function configuredMisfits(
  { name, platform }: ImageSpec,
  required: readonly RequiredPlatform[],
): readonly string[] {
  if (platform === undefined) return []
  const all = platformsToBuild(required).join(',')
  return misfits(
    `Image "${name}", by its "platform: ${platform}" in slipway.yaml,`,
    parsePlatforms(platform),
    required,
    () =>
      `Set "platform" to ${all}, or remove it: then the image is built for the platforms of the task definitions.`,
  )
}

/**
 * Why an image of the registry does not fit the services that run it. Its tag never moves, so it
 * would be found again by every release of the commit.
 */
export async function registryMisfits(
  clients: AwsClients,
  image: FoundImage,
  which: { config: ImageSpec; manifest: ImageManifest },
): Promise<readonly string[]> {
  const { requiredPlatforms: required = [] } = image
  if (required.length === 0) return []
  const { config, manifest } = which
  const { name, registry } = ecrRepositoryOf(config.repository)
  const where =
    registry === undefined ? '' : ` --registry-id ${registry.account} --region ${registry.region}`
  const made = await platformsOf(clients, config.repository, manifest)
  return misfits(imageText(image), made, required, (needed) => {
    const remove = `aws ecr batch-delete-image --repository-name ${name}${where} --image-ids imageTag=${image.tag}`
    return `If nothing else runs it, delete it ("${remove}") and deploy again, which builds it for ${needed}. If it must run on both, set "platform" of the image in slipway.yaml to all its platforms, separated by commas, and deploy that commit.`
  })
}

/** Why an image that was just built does not fit, as its engine describes it. */
export function builtMisfits(image: FoundImage, built: Platform): readonly string[] {
  return misfits(
    imageText(image),
    [built],
    image.requiredPlatforms,
    (needed) =>
      `It was built, and not pushed. Look for "--platform" in the Dockerfile and for the platform of its base images; or build on a builder of ${needed}.`,
  )
}

function imageText(image: FoundImage): string {
  return `Image "${image.name}" (${referenceOf(image)})`
}
