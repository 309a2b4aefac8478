import type { ReleasedService } from '../../../../../../contract/releases.ts'
import type { LedgerEntry } from '../../../../../../contract/environment.ts'
import { withEntry, type Ledger } from '../../../../../../workflows/environment/state/ledger.ts'
import { arn, digestOf } from '../../../../../workflows/fixtures.ts'

/** A service that runs one revision, and can be rolled back to the one before. */
export const released = (name: string, revision: number, before: number): ReleasedService => ({
  name,
  ecsService: `mailman-${name}`,
  revision: {
    service: name,
    taskDefinition: arn(name, revision),
    digests: { [name]: digestOf(name, revision) },
    registered: true,
  },
  rollbackTarget: {
    taskDefinition: arn(name, before),
    digests: { [name]: digestOf(name, before) },
    deploymentId: `ecs-svc/${before}`,
    hasSucceeded: true,
  },
})

/** A deploy that has succeeded. Its commit begins with its id. */
export const entry = (
  id: string,
  services: readonly ReleasedService[],
  change: Partial<LedgerEntry> = {},
): LedgerEntry => ({
  id,
  kind: 'deploy',
  commit: id.padEnd(40, '0'),
  requestedBy: 'ann',
  startedAt: 0,
  endedAt: 1,
  outcome: 'succeeded',
  message: '',
  services,
  ...change,
})

export const both = (revision: number, before: number) => [
  released('api', revision, before),
  released('worker', revision, before),
]

export const ledgerOf = (...entries: LedgerEntry[]): Ledger =>
  entries.reduce((ledger: Ledger, one) => withEntry(ledger, one), { releases: [] })
