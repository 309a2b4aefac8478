import type { Revision } from '../../../contract/activity-types.ts'
import type { ReleasedService } from '../../../contract/releases.ts'
import type { LedgerEntry } from '../../../contract/environment.ts'
import type { ReleaseRequest, RollbackRequest } from '../../../contract/requests.ts'

/** What an environment remembers: pure, so that it can be tested without a server. */
export interface Ledger {
  readonly live?: LedgerEntry
  /** Newest first, at most {@link ledgerLength}. */
  readonly releases: readonly LedgerEntry[]
}

const ledgerLength = 50

/** The ledger with one more release in it, and with what is live now. */
export function withEntry(before: Ledger, entry: LedgerEntry): Ledger {
  const ledger = withCopies(before, entry)
  const releases = [entry, ...ledger.releases].slice(0, ledgerLength)
  const next = liveAfter(ledger, entry)
  const live = next === undefined ? undefined : withSince(next, ledger.live, entry.endedAt)
  return live === undefined ? { releases } : { live, releases }
}

/**
 * A revision that was deregistered, and gone back to by a copy, goes on under the name of that copy:
 * it is what runs, and all that can be gone back to again.
 */
function withCopies({ live, releases }: Ledger, { services }: LedgerEntry): Ledger {
  const copies = new Map(
    services.flatMap(({ rollbackTarget: { copyOf, taskDefinition } }) =>
      copyOf === undefined ? [] : [[copyOf, taskDefinition] as const],
    ),
  )
  if (copies.size === 0) return live === undefined ? { releases } : { live, releases }
  const renamed = <Named extends { readonly taskDefinition: string }>(one: Named): Named => ({
    ...one,
    taskDefinition: copies.get(one.taskDefinition) ?? one.taskDefinition,
  })
  const inEntry = (entry: LedgerEntry): LedgerEntry => ({
    ...entry,
    services: entry.services.map((service) => ({
      ...service,
      revision: renamed(service.revision),
      rollbackTarget: renamed(service.rollbackTarget),
    })),
  })
  const entries = releases.map(inEntry)
  return live === undefined ? { releases: entries } : { live: inEntry(live), releases: entries }
}

function liveAfter(ledger: Ledger, entry: LedgerEntry): LedgerEntry | undefined {
  if (entry.outcome !== 'succeeded') return ledger.live
  switch (entry.kind) {
    case 'deploy':
      return withUntouched(ledger.live, entry)
    case 'redeploy':
      return ledger.live ?? entry
    case 'rollback': {
      // Going back makes an earlier release live again, with its own way back: rolling back twice
      // goes two releases back, not forth again. What ran before Slipway came has no way back.
      const now = withUntouched(ledger.live, entry)
      const earlier = ledger.releases.find((one) => madeLive(one) && sameRevisions(one, now))
      return earlier ?? { ...now, services: now.services.map(withoutRollbackTarget) }
    }
  }
}

/** A release that changed some services leaves the others as the live release had them. */
function withUntouched(live: LedgerEntry | undefined, entry: LedgerEntry): LedgerEntry {
  const touched = new Set(entry.services.map((service) => service.name))
  const untouched = (live?.services ?? []).filter((service) => !touched.has(service.name))
  return {
    ...entry,
    services: [
      ...entry.services,
      ...untouched.map((service) => ({
        ...service,
        rollbackTarget: { ...service.rollbackTarget, ...runningOf(service.revision) },
      })),
    ],
  }
}

/** A service that goes on as it ran keeps since when it does, and which release made it. */
function withSince(live: LedgerEntry, before: LedgerEntry | undefined, at: number): LedgerEntry {
  const { id: release, commit } = live
  const services = live.services.map((service) => {
    const earlier = before?.services.find(({ name }) => name === service.name)
    if (earlier?.since !== undefined && sameRevision(earlier.revision, service.revision)) {
      return { ...service, since: earlier.since }
    }
    return { ...service, since: { release, at, ...(commit === undefined ? {} : { commit }) } }
  })
  return { ...live, services }
}

function runningOf({ taskDefinition, digests }: Revision) {
  return { taskDefinition, digests }
}

function madeLive(entry: LedgerEntry): boolean {
  return entry.outcome === 'succeeded' && entry.kind === 'deploy'
}

function sameRevisions(one: LedgerEntry, other: LedgerEntry): boolean {
  return other.services.every(({ name, revision }) => {
    const its = one.services.find((service) => service.name === name)
    return its !== undefined && sameRevision(its.revision, revision)
  })
}

function sameRevision(one: Revision, other: Revision): boolean {
  return (
    one.taskDefinition === other.taskDefinition &&
    Object.entries(other.digests).every(([key, digest]) => one.digests[key] === digest)
  )
}

function withoutRollbackTarget(service: ReleasedService): ReleasedService {
  return { ...service, rollbackTarget: { ...service.rollbackTarget, hasSucceeded: false } }
}

export type RollbackResolution =
  /** Without revisions: the ledger does not know them, and ECS must be asked. */
  | { readonly kind: 'found'; readonly revisions?: readonly Revision[]; readonly commit?: string }
  | { readonly kind: 'none'; readonly reason: string }

/** What a rollback has to make run: an earlier release by id or commit, or what ran before. */
export function resolveRollback(ledger: Ledger, to: RollbackRequest['to']): RollbackResolution {
  return to === undefined ? beforeLive(ledger) : namedRelease(ledger, to)
}

function beforeLive({ live, releases }: Ledger): RollbackResolution {
  // What ran before Slipway came, ECS knows.
  if (live === undefined) return { kind: 'found' }
  const revisions = live.services
    .filter(({ rollbackTarget }) => rollbackTarget.hasSucceeded)
    .map(({ name, rollbackTarget }) => ({
      service: name,
      ...runningOf({ ...rollbackTarget, service: name, registered: false }),
      registered: false,
    }))
  if (revisions.length === 0) {
    return {
      kind: 'none',
      reason: `nothing ran well before ${live.id}: there is nothing to go back to`,
    }
  }
  const before = releases.find(
    (one) =>
      madeLive(one) &&
      revisions.every(({ service, taskDefinition }) =>
        one.services.some(
          (its) => its.name === service && its.revision.taskDefinition === taskDefinition,
        ),
      ),
  )
  return {
    kind: 'found',
    revisions,
    ...(before?.commit === undefined ? {} : { commit: before.commit }),
  }
}

function namedRelease({ releases }: Ledger, to: string): RollbackResolution {
  const named = releases.filter(
    (one) => one.id === to || (to.length >= 7 && one.commit?.startsWith(to) === true),
  )
  const good = named.find(madeLive)
  if (good !== undefined) {
    return {
      kind: 'found',
      revisions: good.services.map((service) => service.revision),
      ...(good.commit === undefined ? {} : { commit: good.commit }),
    }
  }
  if (isRevision(to)) return { kind: 'found' }
  const bad = named[0]
  const reason =
    bad === undefined
      ? `there is no release ${to} in the ledger; see the ones there are with: slipway releases`
      : `${bad.id} ended as ${bad.outcome}: only a release that succeeded can be gone back to`
  return { kind: 'none', reason }
}

/** `mailman-api:41`, or the ARN of a task definition. */
function isRevision(text: string): boolean {
  return /^(arn:[^:]+:ecs:[^:]*:\d*:task-definition\/)?[A-Za-z0-9_-]{1,255}:\d+$/.test(text)
}

/** `release/<environment>/<commit or time>`, with a number behind it where that was there before. */
export function releaseId(
  ledger: Ledger,
  request: ReleaseRequest,
  now: number,
  alsoTaken: readonly string[] = [],
): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const name = request.kind === 'deploy' ? request.commit.slice(0, 12) : `${request.kind}-${stamp}`
  const base = `release/${request.spec.environment}/${name}`
  const taken = new Set([...ledger.releases.map((entry) => entry.id), ...alsoTaken])
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`
    if (!taken.has(id)) return id
  }
}
