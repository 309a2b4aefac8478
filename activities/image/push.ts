import { log } from '@temporalio/activity'
import type { EnvironmentSpec } from '../../contract/environment-spec.ts'
import type { AwsClients } from '../aws/clients.ts'
import { imageNamed, referenceOf, revisionLabel } from './build.ts'
import { refuseLostEngine, runEngine, type ContainerEngine } from './engine.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { digestOf } from './images.ts'
import { insecure, loggedIn, registryOf } from './registry-login.ts'
import type { FoundImage, PushedImage, SourceRef } from '../../contract/activity-types.ts'

interface PushInput {
  readonly engine: ContainerEngine
  readonly cacheDir: string
  readonly source: SourceRef
  readonly spec: EnvironmentSpec
  readonly image: FoundImage
}

/**
 * Pushes the immutable tag and reads its digest back from the registry: that, and not what the
 * client printed, is what the release deploys. Where the tag is there already, what was pushed
 * first stays: the image of a commit does not change under a release.
 *
 * Fails as `ImageNotHere` where this host's engine does not have the image, as `PushFailed` with
 * the last lines of the push, and as `CredentialsInvalid` where the registry refuses the login.
 */
export async function pushImage(clients: AwsClients, input: PushInput): Promise<PushedImage> {
  const { spec, image } = input
  const { repository } = imageNamed(spec, image.name)
  const there = await digestOf(clients, repository, image.tag)
  if (there !== undefined) {
    log.info(`${referenceOf(image)} is in the registry already, as ${there}.`)
    return { ...image, digest: there }
  }
  await refuseMissing(input)
  await push(clients, input)
  const digest = await digestOf(clients, repository, image.tag)
  if (digest !== undefined) return { ...image, digest }
  throw unavailable(`ECR does not know ${referenceOf(image)} yet, though it took the push.`)
}

async function push(clients: AwsClients, { engine, cacheDir, image }: PushInput) {
  const registry = registryOf(image)
  const reference = referenceOf(image)
  const place = { engine, registry, cacheDir, ownLogins: 'left out' } as const
  const ran = await loggedIn(clients, place, (variables, secrets) =>
    runEngine(engine.command, ['push', ...insecure(engine, registry), '--', reference], {
      label: `push ${image.name}`,
      variables,
      secrets,
    }),
  )
  if (ran.kind === 'exited' && ran.exitCode === 0) return
  refuseLostEngine(ran)
  const said = ran.tail.join('\n')
  // Somebody pushed the same tag meanwhile: theirs is what counts.
  if (/tag .*already exists.*immutable|ImageTagAlreadyExists/is.test(said)) return
  if (/denied|unauthorized|no basic auth|does not exist/i.test(said)) {
    throw failure('PushFailed', `The registry refuses ${reference}:\n${said}`)
  }
  throw unavailable(`Pushing ${reference} failed:\n${said}`)
}

/** The image must be the one of this commit: tags in an engine can be moved by anybody. */
async function refuseMissing({ engine, source, image }: PushInput) {
  const format = `{{ index .Config.Labels "${revisionLabel}" }}`
  const reference = referenceOf(image)
  const inspected = await runEngine(engine.command, [
    'image',
    'inspect',
    `--format=${format}`,
    '--',
    reference,
  ])
  refuseLostEngine(inspected)
  const commit = inspected.stdout.trim()
  if (inspected.kind === 'exited' && inspected.exitCode === 0 && commit === source.commit) return
  const why =
    commit === '' ? 'is not in the engine of this builder' : `was built from commit ${commit}`
  throw failure('ImageNotHere', `${reference} ${why}: it must be built again.`)
}
