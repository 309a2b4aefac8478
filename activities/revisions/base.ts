import { ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs'
import type { ServiceSpec } from '../../contract/environment-spec.ts'
import { familyOf, revisionNumber, shortName } from '../../rollout/arn.ts'
import type { AwsClients } from '../aws/clients.ts'
import { isDenied } from '../aws/errors.ts'
import { revisionTags, tagOf } from '../ecs/revision-tags.ts'
import { registrablePart, withImages } from '../ecs/task-definition-document.ts'
import {
  describeTaskDefinition,
  findTaskDefinition,
  type DescribedTaskDefinition,
} from '../ecs/task-definitions.ts'
import { differingPaths } from '../inspect/diff.ts'
import { otherRunners, registeredFor, type Owner, type OwnerQuestion } from './owner.ts'
import {
  isCovered,
  pastDeploymentOf,
  pastDeployments,
  type PastDeployment,
  type PastDeployments,
} from './past-deployment.ts'

/** At most so many revisions that are newer than the running one are read: well within ECS's burst. */
const maxNewer = 20

/** What a new revision can be cloned from. */
export interface RevisionBase {
  /** What the service runs: what serves, even if a newer deployment has failed. */
  readonly running: DescribedTaskDefinition
  /** The newest ACTIVE revision of the family. */
  readonly newest?: DescribedTaskDefinition
  /** The newest revision that was not deployed yet, if it differs in more than images. */
  readonly pending?: DifferentRevision
  /**
   * The newest revision that was deployed and is not what runs, if it differs in more than images:
   * it failed, or a person went back. Never cloned.
   */
  readonly deployed?: DifferentRevision & { readonly deployment: PastDeployment | 'unknown' }
  /** The newest revision, if it differs in more than images and is not for this service. */
  readonly foreign?: DifferentRevision & { readonly owner: Owner }
}

export interface DifferentRevision {
  readonly revision: DescribedTaskDefinition
  /** Paths of the fields that differ from what runs. Never values: they may be secret. */
  readonly differs: readonly string[]
}

export interface BaseQuestion extends OwnerQuestion {
  /** The ARN of the revision that the service runs. */
  readonly running: string
}

/**
 * Reads what the service runs, and looks for a newer revision that a clone of it would leave out.
 * One that was registered for this service and never deployed stays visible for as long as it is
 * ACTIVE: it is newer than what runs, or the running revision's tag `slipway:pending` names it.
 */
export async function findBase(clients: AwsClients, question: BaseQuestion): Promise<RevisionBase> {
  const family = familyOf(question.running)
  const [running, newest] = await Promise.all([
    describeTaskDefinition(clients, question.running),
    findTaskDefinition(clients, family),
  ])
  return {
    running,
    ...(newest === undefined ? {} : { newest }),
    ...(await newerRevisions(clients, question, { running, newest })),
  }
}

/** The revision to clone, by the configuration of the service. */
export function baseOf(
  { running, pending }: RevisionBase,
  { revision }: ServiceSpec,
): DescribedTaskDefinition {
  return revision?.base === 'newest' && pending !== undefined ? pending.revision : running
}

async function newerRevisions(
  clients: AwsClients,
  question: BaseQuestion,
  known: { running: DescribedTaskDefinition; newest: DescribedTaskDefinition | undefined },
): Promise<Pick<RevisionBase, 'pending' | 'deployed' | 'foreign'>> {
  const { running, newest } = known
  let runners: ReadonlyMap<string, Owner> | undefined
  let past: PastDeployments | undefined
  let found: Pick<RevisionBase, 'deployed' | 'foreign'> = {}
  const deployed: DescribedTaskDefinition[] = []
  for await (const revision of candidates(clients, running, newest)) {
    const differs = differences(question, running, revision)
    // An earlier release, whose images alone were new.
    if (differs.length === 0 && isFromSlipway(revision)) continue
    runners ??= await otherRunners(clients, question, familyOf(running.arn))
    const owner = runners.get(revision.arn) ?? registeredFor(revision, question)
    if (owner !== undefined) {
      if (revision.arn === newest?.arn && differs.length > 0) {
        found = { ...found, foreign: { revision, differs, owner } }
      }
      continue
    }
    // One without a difference revokes what was registered before it.
    if (differs.length === 0) return found
    // A release has deployed the content of this one, with other images.
    const isTakenIn = deployed.some((one) => differences(question, one, revision).length === 0)
    past ??= await pastDeployments(clients, question)
    const deployment = isTakenIn ? 'unknown' : deploymentOf(question, past, revision)
    if (deployment === undefined) return { ...found, pending: { revision, differs } }
    found = { deployed: { revision, differs, deployment }, ...found }
    // It replaces what was registered before it; a release's may have left that out.
    if (!isFromSlipway(revision)) return found
    deployed.push(revision)
  }
  return found
}

/**
 * How the deployment of a revision ended; undefined if it had none. A release deploys what it
 * registers, so one of an earlier release counts as deployed unless the records prove otherwise.
 */
function deploymentOf(
  { release }: BaseQuestion,
  past: PastDeployments,
  revision: DescribedTaskDefinition,
): PastDeployment | 'unknown' | undefined {
  const known = pastDeploymentOf(past, revision)
  if (known !== undefined || !isFromSlipway(revision) || isCovered(past, revision)) return known
  const isOurs = release !== undefined && tagOf(revision.tags, revisionTags.release) === release
  return isOurs ? undefined : 'unknown'
}

/**
 * Newest first: those that are newer than the running one, then the one that this has left out. A
 * copy has the content of its original, so all that is newer than the original is newer than it.
 */
async function* candidates(
  clients: AwsClients,
  running: DescribedTaskDefinition,
  newest: DescribedTaskDefinition | undefined,
): AsyncGenerator<DescribedTaskDefinition> {
  const since = tagOf(running.tags, revisionTags.copyOf) ?? running.arn
  if (newest !== undefined && isNewer(newest.arn, since)) {
    if (newest.arn !== running.arn) yield newest
    for (const arn of await arnsBetween(clients, since, newest.arn)) {
      if (arn === running.arn) continue
      const found = await findTaskDefinition(clients, arn)
      if (found !== undefined) yield found
    }
  }
  const pending = tagOf(running.tags, revisionTags.pending)
  if (pending === undefined) return
  const left = await findTaskDefinition(clients, pending)
  if (left?.definition.status === 'ACTIVE') yield left
}

async function arnsBetween(
  clients: AwsClients,
  since: string,
  newest: string,
): Promise<readonly string[]> {
  if (revisionNumber(newest) === revisionNumber(since) + 1) return []
  const listed = await clients.ecs
    .send(
      new ListTaskDefinitionsCommand({
        familyPrefix: familyOf(since),
        sort: 'DESC',
        maxResults: maxNewer,
      }),
    )
    .catch((error: unknown) => {
      // Then only the newest one is known.
      if (isDenied(error)) return undefined
      throw error
    })
  return (listed?.taskDefinitionArns ?? []).filter((arn) => isNewer(arn, since) && arn !== newest)
}

function isNewer(one: string, other: string): boolean {
  return familyOf(one) === familyOf(other) && revisionNumber(one) > revisionNumber(other)
}

function isFromSlipway({ tags }: DescribedTaskDefinition): boolean {
  return [revisionTags.release, revisionTags.copyOf].some((key) => tagOf(tags, key) !== undefined)
}

/** What differs beside the images that a release replaces anyway. */
function differences(
  { service }: BaseQuestion,
  running: DescribedTaskDefinition,
  other: DescribedTaskDefinition,
): readonly string[] {
  const images = Object.fromEntries(Object.keys(service.containers).map((name) => [name, '']))
  const [one, two] = [running, other].map(({ document }) =>
    withImages(registrablePart(document), images),
  )
  return one === undefined || two === undefined ? [] : differingPaths(one, two)
}

/** The tag that keeps a revision visible which a clone of this base leaves out. */
export function pendingTag(
  { pending }: RevisionBase,
  base: DescribedTaskDefinition,
): Readonly<Record<string, string>> {
  if (pending === undefined || pending.revision.arn === base.arn) return {}
  return { [revisionTags.pending]: shortName(pending.revision.arn) }
}
