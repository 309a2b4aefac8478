import { CancellationScope } from '@temporalio/workflow'
import type { FoundImage, PushedImage, SourceRef } from '../activities/types.ts'
import { anyBuilder, cleaningUp, onHost } from './activity-calls.ts'
import { hostIsGone } from './failure.ts'
import { inParallel } from './in-parallel.ts'
import type { ReleaseRecord } from './release-record.ts'
import type { DeployRequest } from './types.ts'
import { shortCommit, shortDigest } from './words.ts'

/** A builder that dies takes its checkout and images with it; so many are asked in turn. */
const hostsToTry = 3

/**
 * The images of a commit in the registry. Those that are there already under their immutable tag
 * were checked, built and pushed by an earlier release of the same commit and are taken as they
 * are; the others are made on one builder host, all at once.
 */
export async function makeImages(
  record: ReleaseRecord,
  request: DeployRequest,
  release: string,
  found: readonly FoundImage[],
): Promise<readonly PushedImage[]> {
  const reused = found.filter(isPushed)
  const missing = found.filter((image) => !isPushed(image))
  for (const image of reused) {
    const note = `${image.tag} is in the registry: ${shortDigest(image.digest)}`
    record.skip({ name: 'build', subject: image.name }, note)
  }
  const made = missing.length === 0 ? [] : await onSomeHost(record, request, release, missing)
  return [...reused, ...made]
}

async function onSomeHost(
  record: ReleaseRecord,
  request: DeployRequest,
  release: string,
  missing: readonly FoundImage[],
): Promise<readonly PushedImage[]> {
  for (let host = 1; ; host += 1) {
    try {
      return await onOneHost(record, request, release, missing)
    } catch (failure) {
      if (host >= hostsToTry || !hostIsGone(failure)) throw failure
      record.warn(['a builder went away in the middle: its work is done again elsewhere'])
    }
  }
}

async function onOneHost(
  record: ReleaseRecord,
  request: DeployRequest,
  release: string,
  missing: readonly FoundImage[],
): Promise<readonly PushedImage[]> {
  const { target, commit } = request
  const source: SourceRef = { release, repository: target.repository, commit }
  const builder = anyBuilder(target, `fetch ${shortCommit(commit)}`)
  const { hostQueue } = await record.step(
    { name: 'source' },
    () => builder.prepareSource(source),
    () => shortCommit(commit),
  )
  try {
    if (target.checks.commands.length > 0) {
      const checks = onHost(hostQueue, target.checks.commands.join('; '), target.checks.timeoutMs)
      await record.step({ name: 'checks' }, () => checks.runChecks({ source, target }))
    }
    return await inParallel(missing, (image) =>
      makeImage(record, request, source, hostQueue, image),
    )
  } finally {
    await CancellationScope.nonCancellable(() => discard(hostQueue, source))
  }
}

async function makeImage(
  record: ReleaseRecord,
  request: DeployRequest,
  source: SourceRef,
  hostQueue: string,
  image: FoundImage,
): Promise<PushedImage> {
  const { target } = request
  const timeoutMs = target.images.find((one) => one.name === image.name)?.timeoutMs ?? 0
  const about = { subject: image.name }
  const build = onHost(hostQueue, `build ${image.tag}`, timeoutMs)
  await record.step({ name: 'build', ...about }, () => build.buildImage({ source, target, image }))
  const push = onHost(hostQueue, `push ${image.tag}`, timeoutMs)
  return record.step(
    { name: 'push', ...about },
    () => push.pushImage({ source, target, image }),
    (pushed) => shortDigest(pushed.digest),
  )
}

async function discard(hostQueue: string, source: SourceRef): Promise<void> {
  try {
    await cleaningUp(hostQueue, 'remove the checkout').discardSource(source)
  } catch {
    // The next release on that host prunes what is left: no reason to fail this one.
  }
}

function isPushed(image: FoundImage): image is PushedImage {
  return image.digest !== undefined
}
