import { ApplicationFailure, CancellationScope } from '@temporalio/workflow'
import type { FailureType } from '../../contract/activities.ts'
import type { FoundImage, PushedImage, SourceRef } from '../../contract/activity-types.ts'
import {
  anyBuilderActivities,
  cleanupActivities,
  hostActivities,
} from '../temporal/activity-proxies.ts'
import { hostIsGone, wasNotTakenUp } from '../temporal/failure.ts'
import { inParallel } from '../temporal/in-parallel.ts'
import type { ReleaseProgress } from './progress.ts'
import type { DeployRequest } from '../../contract/requests.ts'
import { shortCommit, shortDigest } from '../../text/short.ts'

/** A builder that dies takes its checkout and images with it; so many are asked in turn. */
const hostsToTry = 3

/**
 * The images of a commit in the registry. Those that are there already under their immutable tag
 * were checked, built and pushed by an earlier release of the same commit and are taken as they
 * are; the others are made on one builder host, all at once.
 */
export async function buildImages(
  record: ReleaseProgress,
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
  record: ReleaseProgress,
  request: DeployRequest,
  release: string,
  missing: readonly FoundImage[],
): Promise<readonly PushedImage[]> {
  for (let host = 1; ; host += 1) {
    try {
      return await onOneHost(record, request, release, missing)
    } catch (failure) {
      if (wasNotTakenUp(failure, 'prepareSource')) throw nobodyBuilds(request, failure)
      if (host >= hostsToTry || !hostIsGone(failure)) throw failure
      record.warn(['a builder went away in the middle: its work is done again elsewhere'])
    }
  }
}

/**
 * A builder that only lives as long as a command is gone with it. Where the same commit was asked
 * for again, the command that joined serves the same queue, so somebody may have been there.
 */
function nobodyBuilds({ spec, commit }: DeployRequest, failure: unknown): unknown {
  if (spec.taskQueues.builderGoneMs === undefined) return failure
  return ApplicationFailure.nonRetryable(
    `The command that was to build ${shortCommit(commit)} with --build-here has gone away, and no other has taken its place. Nothing was touched: ask again.`,
    'PreconditionFailed' satisfies FailureType,
  )
}

async function onOneHost(
  record: ReleaseProgress,
  request: DeployRequest,
  release: string,
  missing: readonly FoundImage[],
): Promise<readonly PushedImage[]> {
  const { spec, commit } = request
  const source: SourceRef = { release, repository: spec.repository, commit }
  const builder = anyBuilderActivities(spec, `fetch ${shortCommit(commit)}`)
  const { hostQueue } = await record.step(
    { name: 'source' },
    () => builder.prepareSource(source),
    () => shortCommit(commit),
  )
  let lost = false
  try {
    if (spec.checks.commands.length > 0) {
      const checks = hostActivities(
        spec,
        hostQueue,
        spec.checks.commands.join('; '),
        spec.checks.timeoutMs,
      )
      await record.step({ name: 'checks' }, () => checks.runChecks({ source, spec }))
    }
    return await inParallel(missing, (image) =>
      makeImage(record, request, source, hostQueue, image),
    )
  } catch (failure) {
    lost = spec.taskQueues.builderGoneMs !== undefined && wasNotTakenUp(failure)
    throw failure
  } finally {
    // A runner that is gone takes its checkout with it: waiting for it would only take time.
    if (!lost) await CancellationScope.nonCancellable(() => discard(hostQueue, source))
  }
}

async function makeImage(
  record: ReleaseProgress,
  request: DeployRequest,
  source: SourceRef,
  hostQueue: string,
  image: FoundImage,
): Promise<PushedImage> {
  const { spec } = request
  const timeoutMs = spec.images.find((one) => one.name === image.name)?.timeoutMs ?? 0
  const about = { subject: image.name }
  const build = hostActivities(spec, hostQueue, `build ${image.tag}`, timeoutMs)
  await record.step({ name: 'build', ...about }, () => build.buildImage({ source, spec, image }))
  const push = hostActivities(spec, hostQueue, `push ${image.tag}`, timeoutMs)
  return record.step(
    { name: 'push', ...about },
    () => push.pushImage({ source, spec, image }),
    (pushed) => shortDigest(pushed.digest),
  )
}

async function discard(hostQueue: string, source: SourceRef): Promise<void> {
  try {
    await cleanupActivities(hostQueue, 'remove the checkout').discardSource(source)
  } catch {
    // The next release on that host prunes what is left: no reason to fail this one.
  }
}

function isPushed(image: FoundImage): image is PushedImage {
  return image.digest !== undefined
}
