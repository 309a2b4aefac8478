import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import type { KnownRevision } from '../contract/activity-types.ts'
import { didYouMean } from '../config/nearest.ts'
import type { ServiceSpec, EnvironmentSpec } from '../contract/environment-spec.ts'
import { revisionsWorkflow } from '../contract/messages.ts'
import type { EnvironmentStatus } from '../contract/environment.ts'
import { lastRollbackFailed } from '../contract/last-rollback.ts'
import type { ReleasedService } from '../contract/releases.ts'
import type { AbortOptions } from './temporal/abort.ts'
import { executeWorkflow } from './temporal/execute-workflow.ts'
import { UserError } from './user-error.ts'

/** A revision with what the environment's ledger knows of the release that made it. */
export interface RevisionWithOutcome extends KnownRevision {
  /** How the release ended, or how ECS says the deployment did if no release is known. */
  readonly outcome?: string
}

/**
 * The newest revisions of a service, newest first. Reads only.
 *
 * @throws UserError if the configuration or ECS has no such service
 */
export async function listRevisions(
  client: Client,
  spec: EnvironmentSpec,
  name: string,
  options: AbortOptions = {},
): Promise<readonly KnownRevision[]> {
  const input = { spec, service: serviceNamed(spec, name) }
  return executeWorkflow<typeof input, readonly KnownRevision[]>(client, options, {
    type: revisionsWorkflow,
    workflowId: `revisions/${spec.environment}/${name}/${randomUUID()}`,
    taskQueue: spec.taskQueues.release,
    input,
    // Longer than its activity may take (10 min), whose failure says more than this timeout.
    workflowExecutionTimeout: '12m',
  })
}

/**
 * Adds what the environment's ledger knows better than ECS: how a release ended, and what a
 * rollback without `--to` would restore.
 */
export function withLedger(
  revisions: readonly KnownRevision[],
  name: string,
  status: EnvironmentStatus | undefined,
): readonly RevisionWithOutcome[] {
  const live = status?.live?.services.find((service) => service.name === name)
  const rollbackTarget = live === undefined ? undefined : rollbackTargetOf(live, status)
  return revisions.map((revision) => {
    const release = status?.releases.find(({ id }) => id === revision.release)
    const outcome = release?.outcome ?? deploymentOutcomes[revision.deployment ?? '']
    return {
      ...revision,
      isRollbackTarget:
        rollbackTarget === undefined
          ? revision.isRollbackTarget
          : revision.taskDefinition === rollbackTarget,
      ...(outcome === undefined ? {} : { outcome }),
    }
  })
}

function rollbackTargetOf(
  { revision, rollbackTarget }: ReleasedService,
  { releases = [] }: Partial<EnvironmentStatus> = {},
): string | undefined {
  if (lastRollbackFailed(releases)) return revision.taskDefinition
  return rollbackTarget.hasSucceeded ? rollbackTarget.taskDefinition : undefined
}

const deploymentOutcomes: Readonly<Record<string, string>> = {
  SUCCESSFUL: 'succeeded',
  ROLLBACK_SUCCESSFUL: 'rolled_back',
  ROLLBACK_FAILED: 'rollback_failed',
  STOPPED: 'stopped',
  PENDING: 'under way',
  IN_PROGRESS: 'under way',
  STOP_REQUESTED: 'under way',
  ROLLBACK_REQUESTED: 'under way',
  ROLLBACK_IN_PROGRESS: 'under way',
}

function serviceNamed({ services, environment }: EnvironmentSpec, name: string): ServiceSpec {
  const found = services.find((one) => one.name === name || one.ecsService === name)
  if (found !== undefined) return found
  const known = services.map((one) => one.name)
  throw new UserError(
    `${environment} has no service ${JSON.stringify(name)}${didYouMean(name, known) || '.'} ` +
      `It has: ${known.join(', ')}.`,
  )
}
