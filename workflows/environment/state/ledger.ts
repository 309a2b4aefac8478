import { lastRollbackFailed } from '../../../contract/last-rollback.ts'
import type { Revision } from '../../../contract/activity-types.ts'
import type { ReleasedService } from '../../../contract/releases.ts'
import type { LedgerEntry } from '../../../contract/environment.ts'
import type { ReleaseRequest, RollbackRequest } from '../../../contract/requests.ts'
import { cut } from '../../../contract/size.ts'

/** The releases of an environment that have ended. */
export interface Ledger {
  readonly live?: LedgerEntry
  /** Newest first, at most {@link ledgerLength}. */
  readonly releases: readonly LedgerEntry[]
}

const ledgerLength = 50
const messageBytes = 1_000
const causeBytes = 500

/** Adds a release that has ended, and updates which one is live. */
export function withEntry(before: Ledger, whole: LedgerEntry): Ledger {
  const entry = withShortTexts(whole)
  const ledger = withCopies(before, entry)
  const releases = [entry, ...ledger.releases].slice(0, ledgerLength)
  const next = liveAfter(ledger, entry)
  const live = next === undefined ? undefined : withSince(next, ledger.live, entry.endedAt)
  return live === undefined ? { releases } : { live, releases }
}

/** An entry without most of what a long message quotes. The release itself has the whole texts. */
export function withShortTexts(entry: LedgerEntry): LedgerEntry {
  const { message, cause } = entry
  return {
    ...entry,
    message: cut(message, messageBytes),
    ...(cause === undefined ? {} : { cause: cut(cause, causeBytes) }),
  }
}

/**
 * A deregistered revision that was rolled back to by a copy is known by the name of that copy from then
 * on: the copy runs, and only the copy can be rolled back to again.
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
    case 'deploy': {
      // What is live may be deployed again, on top of a deployment that failed: as a redeploy does.
      const { live } = ledger
      const isSameCommit = live !== undefined && live.commit === entry.commit
      return isSameCommit && sameRevisions(live, entry) ? live : withUntouched(live, entry)
    }
    case 'redeploy':
      return ledger.live ?? entry
    case 'rollback': {
      // A rollback makes an earlier release live again, with its own rollback target: two rollbacks go
      // back two releases, not forth again. What ran before Slipway has no rollback target.
      const { live } = ledger
      const now = withUntouched(live, entry)
      if (live !== undefined && sameRevisions(live, now)) return live
      const earlier = ledger.releases.find((one) => madeLive(one) && sameRevisions(one, now))
      return earlier ?? { ...now, services: now.services.map(withoutRollbackTarget) }
    }
  }
}

/** Services that a release did not change stay as the live release has them. */
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

/** A service that did not change keeps its release and the time since when it runs. */
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
  /** Without revisions: only ECS knows them. */
  | { readonly kind: 'found'; readonly revisions?: readonly Revision[]; readonly commit?: string }
  | { readonly kind: 'none'; readonly reason: string }

/**
 * Resolves what a rollback must make run: an earlier release by id or commit, or what ran before the
 * live one. After a rollback that failed, it is the live one itself.
 */
export function resolveRollback(ledger: Ledger, to: RollbackRequest['to']): RollbackResolution {
  if (to !== undefined) return namedRelease(ledger, to)
  const { live, releases } = ledger
  return live !== undefined && lastRollbackFailed(releases) ? liveAgain(live) : beforeLive(ledger)
}

function liveAgain({ services, commit }: LedgerEntry): RollbackResolution {
  const revisions = services.map(({ name: service, revision }) => ({
    service,
    ...runningOf(revision),
    registered: false,
  }))
  return { kind: 'found', revisions, ...(commit === undefined ? {} : { commit }) }
}

function beforeLive({ live, releases }: Ledger): RollbackResolution {
  // Only ECS knows what ran before Slipway.
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
      reason: `no release succeeded before ${live.id}: there is nothing to roll back to`,
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
  if (good !== undefined && good.services.length === 0) {
    return {
      kind: 'none',
      reason: `the ledger no longer has the revisions of ${good.id}: list them with "slipway revisions", and roll back to one with --to <family>:<revision>`,
    }
  }
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
      ? `there is no release ${to} in the ledger; list them with: slipway releases`
      : `${bad.id} ended as ${bad.outcome}: only a release that succeeded can be rolled back to`
  return { kind: 'none', reason }
}

/** `mailman-api:41`, or the ARN of a task definition. */
function isRevision(text: string): boolean {
  return /^(arn:[^:]+:ecs:[^:]*:\d*:task-definition\/)?[A-Za-z0-9_-]{1,255}:\d+$/.test(text)
}

/** `release/<environment>/<commit or time>`, with a number appended if that id was used before. */
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
