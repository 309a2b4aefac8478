import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { ImageSpec, EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { refuseLostEngine, runEngine, type ContainerEngine } from './engine.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { insecure, loggedIn, registryOf } from './registry-login.ts'
import type { FoundImage, SourceRef } from '../../contract/activity-types.ts'

/** The label that says which commit an image was made from (OCI image spec, annotations). */
export const revisionLabel = 'org.opencontainers.image.revision'

/** `<repositoryUri>:<image>-<commit>` */
export const referenceOf = ({ repositoryUri, tag }: FoundImage) => `${repositoryUri}:${tag}`

/** The image of that name in the configuration. Fails as `PreconditionFailed` where there is none. */
export function imageNamed(spec: EnvironmentSpec, name: string): ImageSpec {
  const image = spec.images.find((one) => one.name === name)
  if (image !== undefined) return image
  throw failure('PreconditionFailed', `There is no image "${name}" in slipway.yaml.`)
}

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
 * Builds an image in the engine of this host and tags it. Doing it again after a crash costs what
 * the engine's cache does not have. A base image may come from the registry that the image goes to,
 * or from one that the builder's user is logged in to.
 *
 * Fails as `PreconditionFailed` where the Dockerfile or the context is not in the commit, and as
 * `BuildFailed` with the last lines of the build.
 */
export async function buildImage(clients: AwsClients, input: BuildInput): Promise<void> {
  const { engine, cacheDir, path, source, spec, image } = input
  const wanted = imageNamed(spec, image.name)
  const context = await inCheckout(path, wanted.context, { what: 'context', wanted, source })
  const file = await inCheckout(path, wanted.dockerfile, { what: 'dockerfile', wanted, source })
  const given = buildArguments(wanted.args)
  const args = [
    'build',
    `--file=${file}`,
    `--tag=${referenceOf(image)}`,
    ...(image.fresh === true ? ['--pull'] : []),
    `--label=${revisionLabel}=${source.commit}`,
    ...(wanted.target === undefined ? [] : [`--target=${wanted.target}`]),
    ...(wanted.platform === undefined ? [] : [`--platform=${wanted.platform}`]),
    ...given.flags,
    ...builderFlags(engine),
    ...insecure(engine, registryOf(image)),
    '--',
    context,
  ]
  const place = { engine, registry: registryOf(image), cacheDir, ownLogins: 'kept' } as const
  const ran = await loggedIn(clients, place, (variables, secrets) =>
    runEngine(engine.command, args, {
      label: `build ${image.name}`,
      variables: { ...given.variables, ...builderVariables(engine), ...variables },
      secrets,
      timeoutMs: wanted.timeoutMs,
    }),
  )
  if (ran.kind === 'exited' && ran.exitCode === 0) return
  refuseLostEngine(ran)
  const said = ran.tail.join('\n')
  if (mayPass.test(said)) {
    throw unavailable(`Building image "${image.name}" broke off:\n${said}`)
  }
  const how =
    ran.kind === 'timed out'
      ? `was not done within ${Math.round(wanted.timeoutMs / 1_000)} s ("timeout" of the image in slipway.yaml)`
      : 'failed'
  throw failure('BuildFailed', `Building image "${image.name}" ${how}. Its last lines:\n${said}`)
}

/** What a base image's registry or the network says when it will do better in a while. */
const mayPass =
  /TLS handshake timeout|i\/o timeout|connection reset by peer|net\/http: request canceled|toomanyrequests|50[234] (Bad Gateway|Service Unavailable|Gateway Time-?out)|temporary failure in name resolution/i

/**
 * Build arguments by name alone where that can be: the client takes their values from its
 * environment, unseen by `ps`. One that the client would itself obey (`DOCKER_HOST`, `PATH`, a
 * proxy) is given with its value.
 */
function buildArguments(args: ImageSpec['args']) {
  const flags: string[] = []
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(args)) {
    const obeyed = name in process.env || /^(BUILDKIT|BUILDX|DOCKER|LD|SSH)_|_proxy$/i.test(name)
    flags.push(`--build-arg=${obeyed ? `${name}=${value}` : name}`)
    if (!obeyed) variables[name] = value
  }
  return { flags, variables }
}

function builderFlags({ builder }: ContainerEngine): string[] {
  switch (builder) {
    case 'buildx':
      // A builder outside the engine keeps the image to itself unless told.
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
    // An attestation makes an index out of one image, whose digest no task reports.
    BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
  }
}

/** An absolute path in the checkout; a link out of it would put files of this host into the image. */
async function inCheckout(
  checkout: string,
  relative: string,
  about: { what: 'context' | 'dockerfile'; wanted: ImageSpec; source: SourceRef },
): Promise<string> {
  const { what, wanted, source } = about
  const [root, path] = await Promise.all([
    realpath(checkout),
    realpath(join(checkout, relative)).catch(() => undefined),
  ])
  const where = `"${relative}" ("${what}" of image "${wanted.name}")`
  if (path === undefined) {
    throw failure(
      'PreconditionFailed',
      `${where} is not in commit ${source.commit}. Correct it in slipway.yaml, or commit the file.`,
    )
  }
  if (path === root || path.startsWith(root + sep)) return path
  throw failure('PreconditionFailed', `${where} is a link that leads out of the repository.`)
}
