import { log } from '@temporalio/activity'
import type { EnvironmentSpec, ImageSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { succeeded } from '../process/run.ts'
import { failure, rejection, unavailable } from '../temporal/failures.ts'
import { digestOf } from './ecr.ts'
import { requireEngine, runEngine, type ContainerEngine } from './engine.ts'
import { described } from './find-images.ts'
import { imageNamed, referenceOf, registryOf, revisionLabel } from './naming.ts'
import { insecureFlags, withRegistryLogin } from './registry-login.ts'
import type { FoundImage, PushedImage, SourceRef } from '../../contract/activity-types.ts'

interface PushInput {
  readonly engine: ContainerEngine
  readonly cacheDir: string
  readonly source: SourceRef
  readonly spec: EnvironmentSpec
  readonly image: FoundImage
}

/**
 * Pushes the immutable tag and reads its digest back from the registry: the release deploys that
 * digest, not the one that the client prints. If the registry already has the tag, nothing is
 * pushed: the image of a commit does not change during a release.
 *
 * Fails as `ImageNotHere` if this host's engine does not have the image, as `PushFailed` with the
 * last lines of the push, as `CredentialsInvalid` if the registry rejects the login, and as
 * `PreconditionFailed` if a service cannot run what the registry has under the tag.
 */
export async function pushImage(clients: AwsClients, input: PushInput): Promise<PushedImage> {
  const { spec, image } = input
  const config = imageNamed(spec, image.name)
  const { repository } = config
  const existing = await digestOf(clients, repository, image.tag)
  if (existing !== undefined) {
    log.info(`${referenceOf(image)} is already in the registry, as ${existing}`)
    return await fitting(clients, config, { ...image, digest: existing })
  }
  await requireImage(input)
  await push(clients, input)
  const digest = await digestOf(clients, repository, image.tag)
  if (digest !== undefined) return await fitting(clients, config, { ...image, digest })
  throw unavailable(`ECR does not list ${referenceOf(image)} yet, although the push succeeded.`)
}

/** The image of the registry, with what it lists. Rejected if a service cannot run it. */
async function fitting(
  clients: AwsClients,
  config: ImageSpec,
  pushed: PushedImage,
): Promise<PushedImage> {
  const { image, findings } = await described(clients, config, pushed)
  if (findings.length > 0) throw rejection(findings)
  return image
}

async function push(clients: AwsClients, { engine, cacheDir, spec, image }: PushInput) {
  const { repository } = imageNamed(spec, image.name)
  const registry = registryOf(image)
  const reference = referenceOf(image)
  const target = { engine, registry, repository, cacheDir, ownLogins: 'left out' } as const
  const result = await withRegistryLogin(clients, target, (variables, secrets) =>
    runEngine(engine.command, ['push', ...insecureFlags(engine, registry), '--', reference], {
      label: `push ${image.name}`,
      variables,
      secrets,
    }),
  )
  if (succeeded(result)) return
  requireEngine(result)
  const output = result.tail.join('\n')
  // Someone else pushed the same tag meanwhile: their image is the commit's image.
  if (/tag .*already exists.*immutable|ImageTagAlreadyExists/is.test(output)) return
  if (/denied|unauthorized|no basic auth|does not exist/i.test(output)) {
    throw failure(
      'PushFailed',
      `The registry rejects ${reference}. Check that the repository exists and that the worker may push to it ("ecr:PutImage", in the policy of its role, and in the policy of the repository if that is of another account), and try again. ${engine.command} says:\n${output}`,
    )
  }
  throw unavailable(`Pushing ${reference} failed:\n${output}`)
}

/** Checks that the engine's image is of this commit: anyone can move a tag in an engine. */
async function requireImage({ engine, source, image }: PushInput) {
  const format = `{{ index .Config.Labels "${revisionLabel}" }}`
  const reference = referenceOf(image)
  const inspected = await runEngine(engine.command, [
    'image',
    'inspect',
    `--format=${format}`,
    '--',
    reference,
  ])
  requireEngine(inspected)
  const commit = inspected.stdout.trim()
  if (succeeded(inspected) && commit === source.commit) return
  const finding =
    commit === ''
      ? 'is not in the engine of this builder'
      : `was built from commit ${commit}, not from ${source.commit}`
  throw failure('ImageNotHere', `${reference} ${finding}. It must be built again.`)
}
