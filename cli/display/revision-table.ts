import { shortCommit, shortDigest, shortRevision } from '../../text/short.ts'
import type { RevisionWithOutcome } from '../../client/index.ts'
import { momentText, plain } from '../../text/plain.ts'
import { paint } from './colour.ts'
import { table } from './table.ts'

/** The revisions of a service as a table, newest first. */
export function revisionsText(revisions: readonly RevisionWithOutcome[]): string {
  const head = ['', 'REVISION', 'DIGEST', 'COMMIT', 'OUTCOME', 'WHEN', 'RELEASE']
  return table([
    head.map((one) => paint('gray', one)),
    ...revisions.map((revision) => [
      markOf(revision),
      shortRevision(revision.taskDefinition),
      Object.values(revision.digests).map(shortDigest).join(' ') || '-',
      revision.commit === undefined ? '-' : plain(shortCommit(revision.commit)),
      (revision.outcome ?? 'never deployed').replace('_', ' '),
      momentOf(revision),
      plain(revision.release ?? '-'),
    ]),
  ])
}

function markOf({ isLive, isRollbackTarget, status }: RevisionWithOutcome): string {
  if (isLive) return paint('green', 'live')
  if (isRollbackTarget) return paint('cyan', 'rollback target')
  return status === 'INACTIVE' ? paint('gray', 'deregistered') : ''
}

function momentOf({ deployedAt, registeredAt }: RevisionWithOutcome): string {
  const at = deployedAt ?? registeredAt
  return at === undefined ? '-' : momentText(at)
}
