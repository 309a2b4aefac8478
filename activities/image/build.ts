import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { ImageSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { buildPlatform, platformHint, requirePlatform } from '../platform/build-platform.ts'
import { succeeded } from '../process/run.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { requireEngine, runEngine, type ContainerEngine } from './engine.ts'
import { imageNamed, referenceOf, registryOf, revisionLabel } from './naming.ts'
import { insecureFlags, withRegistryLogin } from './registry-login.ts'
import type { FoundImage, SourceRef } from '../../contract/activity-types.ts'

interface BuildInput {
  readonly engine: ContainerEngine
  readonly cacheDir: string
  /** Absolute path of the checkout. */
  readonly path: string
  readonly source: SourceRef
  readonly spec: EnvironmentSpec
  readonly image: FoundImage
}

/**
 * Builds an image in the engine of this host and tags it. After a crash, a repeated build reuses the
 * engine's cache. A base image may come from the registry that the image is pushed to, or from any
 * registry that the builder's user is logged in to.
 *
 * Without `platform` in the configuration, it is built for the platforms of the task definitions.
 *
 * Fails as `PreconditionFailed` if the Dockerfile or the context is not in the commit, or if what
 * was built is for another platform; and as `BuildFailed` with the last lines of the build.
 */
export async function buildImage(clients: AwsClients, input: BuildInput): Promise<void> {
  const { engine, cacheDir, path, source, spec, image } = input
  const config = imageNamed(spec, image.name)
  const context = await pathInCheckout(path, config.context, { field: 'context', config, source })
  const file = await pathInCheckout(path, config.dockerfile, {
    field: 'dockerfile',
    config,
    source,
  })
  const registry = registryOf(image)
  const buildArgs = buildArguments(config.args)
  const platform = buildPlatform(engine, image, config)
  const args = [
    'build',
    `--file=${file}`,
    `--tag=${referenceOf(image)}`,
    ...(image.fresh === true ? ['--pull'] : []),
    `--label=${revisionLabel}=${source.commit}`,
    ...(config.target === undefined ? [] : [`--target=${config.target}`]),
    ...(platform === undefined ? [] : [`--platform=${platform}`]),
    ...buildArgs.flags,
    ...builderFlags(engine),
    ...insecureFlags(engine, registry),
    '--',
    context,
  ]
  const { repository } = config
  const target = { engine, registry, repository, cacheDir, ownLogins: 'kept' } as const
  const result = await withRegistryLogin(clients, target, (variables, secrets) =>
    runEngine(engine.command, args, {
      label: `build ${image.name}`,
      variables: { ...buildArgs.variables, ...builderVariables(engine), ...variables },
      secrets,
      timeoutMs: config.timeoutMs,
    }),
  )
  if (succeeded(result)) return await requirePlatform(engine, image, platform)
  requireEngine(result)
  const output = result.tail.join('\n')
  if (transientErrors.test(output)) {
    throw unavailable(`Building image "${image.name}" was interrupted:\n${output}`)
  }
  const outcome =
    result.kind === 'timed out'
      ? `did not finish within ${Math.round(config.timeoutMs / 1_000)} s ("timeout" of the image in slipway.yaml)`
      : 'failed'
  throw failure(
    'BuildFailed',
    `Building image "${image.name}" ${outcome}. Its last lines:\n${output}${platformHint(image, platform, output)}`,
  )
}

/** Transient errors of the network or of a base image's registry. */
const transientErrors =
  /TLS handshake timeout|i\/o timeout|connection reset by peer|net\/http: request canceled|toomanyrequests|50[234] (Bad Gateway|Service Unavailable|Gateway Time-?out)|temporary failure in name resolution/i

/**
 * Passes build arguments by name, so that the client takes their values from its environment, where
 * `ps` does not show them. A name that the client itself reads (`DOCKER_HOST`, `PATH`, a proxy) is
 * passed with its value instead.
 */
function buildArguments(args: ImageSpec['args']) {
  const flags: string[] = []
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(args)) {
    const readByClient =
      name in process.env || /^(BUILDKIT|BUILDX|DOCKER|LD|SSH)_|_proxy$/i.test(name)
    flags.push(`--build-arg=${readByClient ? `${name}=${value}` : name}`)
    if (!readByClient) variables[name] = value
  }
  return { flags, variables }
}

function builderFlags({ builder }: ContainerEngine): string[] {
  switch (builder) {
    case 'buildx':
      // Without --load, a builder outside the engine does not put the image into the engine.
      return ['--progress=plain', '--load']
    case 'buildkit':
      return ['--progress=plain']
    case 'plain':
      return []
  }
}

function builderVariables({ kind, builder }: ContainerEngine): Record<string, string> {
  if (kind === 'podman') return {}
  return {
    DOCKER_BUILDKIT: builder === 'plain' ? '0' : '1',
    // An attestation turns the image into an index, whose digest no task reports.
    BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
  }
}

/** An absolute path in the checkout. A link out of it would put files of this host into the image. */
async function pathInCheckout(
  checkout: string,
  relative: string,
  about: { field: 'context' | 'dockerfile'; config: ImageSpec; source: SourceRef },
): Promise<string> {
  const { field, config, source } = about
  const [root, path] = await Promise.all([
    realpath(checkout),
    realpath(join(checkout, relative)).catch(() => undefined),
  ])
  const subject = `"${relative}" ("${field}" of image "${config.name}")`
  if (path === undefined) {
    throw failure(
      'PreconditionFailed',
      `${subject} is not in commit ${source.commit}. Correct it in slipway.yaml, or commit the file.`,
    )
  }
  if (path === root || path.startsWith(root + sep)) return path
  throw failure(
    'PreconditionFailed',
    `${subject} is a link that leads out of the repository. Commit the file itself, or correct the path in slipway.yaml.`,
  )
}
