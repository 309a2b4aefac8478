import { DescribeServiceRevisionsCommand, type ServiceRevision } from '@aws-sdk/client-ecs'
import type { AwsClients } from '../aws/clients.ts'
import { requestOptions } from './services.ts'

/** `DescribeServiceRevisions` takes at most 20 ARNs. */
const batchSize = 20

/** Service revisions by ARN, once all their digests are known: from then on they never change. */
const cache = new Map<string, ServiceRevision>()
const maxCached = 5_000

/** Service revisions by ARN; a revision that ECS does not know is left out. */
export async function serviceRevisions(
  clients: AwsClients,
  arns: readonly string[],
  abortSignal?: AbortSignal,
): Promise<ReadonlyMap<string, ServiceRevision>> {
  const fetched = new Map<string, ServiceRevision>()
  const missing = [...new Set(arns)].filter((arn) => !cache.has(arn))
  for (let at = 0; at < missing.length; at += batchSize) {
    const serviceRevisionArns = missing.slice(at, at + batchSize)
    const answer = await clients.ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns }),
      requestOptions(abortSignal),
    )
    for (const revision of answer.serviceRevisions ?? []) {
      fetched.set(revision.serviceRevisionArn ?? '', revision)
      remember(revision)
    }
  }
  return new Map(
    arns.flatMap((arn) => {
      const revision = cache.get(arn) ?? fetched.get(arn)
      return revision === undefined ? [] : [[arn, revision] as const]
    }),
  )
}

/** Container name → digest that ECS resolved when it made a service revision. */
export function digestsOfRevision(
  revision: ServiceRevision | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (revision?.containerImages ?? []).flatMap(({ containerName, imageDigest }) =>
      containerName === undefined || imageDigest === undefined
        ? []
        : [[containerName, imageDigest]],
    ),
  )
}

function remember(revision: ServiceRevision) {
  if (revision.serviceRevisionArn === undefined || !isComplete(revision)) return
  if (cache.size >= maxCached) cache.clear()
  cache.set(revision.serviceRevisionArn, revision)
}

/** ECS does not know the digests of all images before the first task has pulled them. */
function isComplete({ containerImages = [] }: ServiceRevision): boolean {
  return containerImages.every(({ imageDigest }) => imageDigest !== undefined)
}
