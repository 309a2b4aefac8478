import { arch } from 'node:os'
import type { FoundImage } from '../../contract/activity-types.ts'
import type { ImageSpec } from '../../contract/environment-spec.ts'
import type { ContainerEngine } from '../image/engine.ts'
import { failure, rejection } from '../temporal/failures.ts'
import { requireEngine, runEngine } from '../image/engine.ts'
import { referenceOf } from '../image/naming.ts'
import { succeeded } from '../process/run.ts'
import { builtMisfits } from './image-misfits.ts'
import { parsePlatforms, platformsToBuild } from './platform.ts'

/**
 * What `--platform` of a build is: `platform` of the image in `slipway.yaml`, else the platforms of
 * the task definitions. Undefined: that of the engine.
 *
 * Fails as `PreconditionFailed` if these are several, and the engine builds for only one at a time.
 */
export function buildPlatform(
  engine: ContainerEngine,
  image: FoundImage,
  { platform }: ImageSpec,
): string | undefined {
  if (platform !== undefined) return platform
  const platforms = platformsToBuild(image.requiredPlatforms)
  if (platforms.length > 1 && engine.builder !== 'buildx') {
    throw failure(
      'PreconditionFailed',
      onePlatformOnly(image, platforms.join(','), `${engine.version} without buildx`),
    )
  }
  return platforms.length === 0 ? undefined : platforms.join(',')
}

/**
 * What to add to the last lines of a failed build if its platform may be the cause: for another one
 * than this host's, base images are looked for elsewhere, and programs need emulation. Empty if not.
 */
export function platformHint(
  image: FoundImage,
  platform: string | undefined,
  output: string,
  host = hostPlatform,
): string {
  if (platform === undefined) return ''
  if (severalRefused.test(output)) {
    return `\n${onePlatformOnly(image, platform, 'the engine of this builder')}`
  }
  if (platform === host) return ''
  const services = (image.requiredPlatforms ?? []).map(
    ({ service, taskDefinition }) => `service "${service}" (task definition ${taskDefinition})`,
  )
  const why = services.length === 0 ? '' : `, on which it runs in ${services.join(' and ')}`
  return `\nIt was built for ${platform}${why}. Its base images must exist for that platform, and a builder of another one needs emulation ("docker run --privileged --rm tonistiigi/binfmt --install all"). To build for another platform, set "platform" of the image in slipway.yaml and "runtimePlatform" of the task definition to it.`
}

/** Of the engine, too, unless that is on another machine. */
const hostPlatform = `linux/${arch() === 'x64' ? 'amd64' : arch()}`

/** What buildx and BuildKit say where the image store holds images of one platform only. */
const severalRefused =
  /exporting manifest lists|multi-platform build is not supported|multiple platforms feature is currently not supported/i

function onePlatformOnly({ name }: FoundImage, platforms: string, engine: string): string {
  return `Image "${name}" must be built for ${platforms}, since its services run on these platforms, and ${engine} builds for one at a time. Turn on the containerd image store of Docker on the builder and install buildx there; or give the services of each platform an image of their own in slipway.yaml.`
}

/**
 * Checks what was built: a Dockerfile and its base images can decide otherwise than `--platform`.
 * An image of several platforms is checked once the registry has it, since an engine describes only
 * one of them.
 *
 * Fails as `PreconditionFailed`; see {@link builtMisfits}.
 */
export async function requirePlatform(
  engine: ContainerEngine,
  image: FoundImage,
  requested: string | undefined,
): Promise<void> {
  const { requiredPlatforms: required = [] } = image
  if (required.length === 0 || requested?.includes(',') === true) return
  const inspected = await runEngine(engine.command, [
    'image',
    'inspect',
    '--format={{ .Os }}/{{ .Architecture }}',
    '--',
    referenceOf(image),
  ])
  requireEngine(inspected)
  const [built] = parsePlatforms(inspected.stdout.trim()) ?? []
  if (!succeeded(inspected) || built === undefined) return
  const findings = builtMisfits(image, built)
  if (findings.length > 0) throw rejection(findings)
}
