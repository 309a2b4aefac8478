import { ApplicationFailure, CancellationScope } from '@temporalio/workflow'
import type { FailureType } from '../../contract/failure-type.ts'
import type { FoundImage, PushedImage, SourceRef } from '../../contract/activity-types.ts'
import {
  anyBuilderActivities,
  cleanupActivities,
  hostActivities,
} from '../temporal/activity-proxies.ts'
import { hostIsGone, wasNotStarted } from '../temporal/failure.ts'
import { inParallel } from '../temporal/in-parallel.ts'
import type { ReleaseProgress } from './progress.ts'
import type { DeployRequest } from '../../contract/requests.ts'
import { shortCommit, shortDigest } from '../../text/short.ts'

/** How many builders to try: one that is lost takes its checkout and images with it. */
const hostsToTry = 3

/**
 * The images of a commit in the registry. Those that it already has under their immutable tag were
 * checked, built and pushed by an earlier release of the same commit, and are reused. The others
 * are built in parallel on one builder host.
 */
export async function buildImages(
  progress: ReleaseProgress,
  request: DeployRequest,
  release: string,
  found: readonly FoundImage[],
): Promise<readonly PushedImage[]> {
  const reused = found.filter(isPushed)
  const missing = found.filter((image) => !isPushed(image))
  for (const image of reused) {
    const note = `${image.tag} is in the registry: ${shortDigest(image.digest)}`
    progress.skip({ name: 'build', subject: image.name }, note)
  }
  const made = missing.length === 0 ? [] : await buildOnAnyHost(progress, request, release, missing)
  return [...reused, ...made]
}

async function buildOnAnyHost(
  progress: ReleaseProgress,
  request: DeployRequest,
  release: string,
  missing: readonly FoundImage[],
): Promise<readonly PushedImage[]> {
  for (let host = 1; ; host += 1) {
    try {
      return await buildOnHost(progress, request, release, missing)
    } catch (failure) {
      if (wasNotStarted(failure, 'prepareSource')) throw noBuilder(request, failure)
      if (host >= hostsToTry || !hostIsGone(failure)) throw failure
      progress.warn(['a builder was lost during the build: another one repeats its work'])
    }
  }
}

/**
 * A builder inside a command is lost with it. If the same commit was requested again, the command
 * that joined serves the same queue, so there may have been another builder.
 */
function noBuilder({ spec, commit }: DeployRequest, failure: unknown): unknown {
  if (spec.taskQueues.builderGoneMs === undefined) return failure
  return ApplicationFailure.nonRetryable(
    `The command that builds ${shortCommit(commit)} with --build-here has stopped, and no other has taken its place. Nothing was touched: run it again.`,
    'PreconditionFailed' satisfies FailureType,
  )
}

async function buildOnHost(
  progress: ReleaseProgress,
  request: DeployRequest,
  release: string,
  missing: readonly FoundImage[],
): Promise<readonly PushedImage[]> {
  const { spec, commit } = request
  const source: SourceRef = { release, repository: spec.repository, commit }
  const builder = anyBuilderActivities(spec, `fetch ${shortCommit(commit)}`)
  const { hostQueue } = await progress.step(
    { name: 'source' },
    () => builder.prepareSource(source),
    () => shortCommit(commit),
  )
  let hostLost = false
  try {
    if (spec.checks.commands.length > 0) {
      const checks = hostActivities(
        spec,
        hostQueue,
        spec.checks.commands.join('; '),
        spec.checks.timeoutMs,
      )
      await progress.step({ name: 'checks' }, () => checks.runChecks({ source, spec }))
    }
    return await inParallel(missing, (image) =>
      makeImage(progress, request, source, hostQueue, image),
    )
  } catch (failure) {
    hostLost = spec.taskQueues.builderGoneMs !== undefined && wasNotStarted(failure)
    throw failure
  } finally {
    // A lost runner takes its checkout with it: there is nothing to wait for.
    if (!hostLost) await CancellationScope.nonCancellable(() => discardSource(hostQueue, source))
  }
}

async function makeImage(
  progress: ReleaseProgress,
  request: DeployRequest,
  source: SourceRef,
  hostQueue: string,
  image: FoundImage,
): Promise<PushedImage> {
  const { spec } = request
  const timeoutMs = spec.images.find((one) => one.name === image.name)?.timeoutMs ?? 0
  const about = { subject: image.name }
  const build = hostActivities(spec, hostQueue, `build ${image.tag}`, timeoutMs)
  await progress.step({ name: 'build', ...about }, () => build.buildImage({ source, spec, image }))
  const push = hostActivities(spec, hostQueue, `push ${image.tag}`, timeoutMs)
  return progress.step(
    { name: 'push', ...about },
    () => push.pushImage({ source, spec, image }),
    (pushed) => shortDigest(pushed.digest),
  )
}

async function discardSource(hostQueue: string, source: SourceRef): Promise<void> {
  try {
    await cleanupActivities(hostQueue, 'remove the checkout').discardSource(source)
  } catch {
    // The next release on that host removes what is left: no reason to fail this one.
  }
}

function isPushed(image: FoundImage): image is PushedImage {
  return image.digest !== undefined
}
