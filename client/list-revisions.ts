import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import type { KnownRevision } from '../contract/activity-types.ts'
import { didYouMean } from '../config/nearest.ts'
import type { ServiceSpec, EnvironmentSpec } from '../contract/environment-spec.ts'
import { revisionsWorkflow } from '../contract/messages.ts'
import type { EnvironmentStatus } from '../contract/environment.ts'
import { explained } from './explain-error.ts'
import { UserError } from './user-error.ts'

/** A revision with what the environment's own ledger knows of the release that made it. */
export interface ToldRevision extends KnownRevision {
  /** How the release ended, or what ECS says of the deployment where no release is known. */
  readonly outcome?: string
}

/**
 * The newest revisions of a service, newest first. Reads only.
 *
 * @throws Refusal where the configuration or ECS has no such service
 */
export async function listRevisions(
  client: Client,
  spec: EnvironmentSpec,
  name: string,
): Promise<readonly KnownRevision[]> {
  const input = { spec, service: serviceNamed(spec, name) }
  try {
    return await client.workflow.execute<
      (given: typeof input) => Promise<readonly KnownRevision[]>
    >(revisionsWorkflow, {
      workflowId: `revisions/${spec.environment}/${name}/${randomUUID()}`,
      taskQueue: spec.taskQueues.release,
      args: [input],
      workflowExecutionTimeout: '10m',
    })
  } catch (error) {
    throw explained(error)
  }
}

/**
 * Where the ledger knows better than ECS it decides: how a release ended, and what a rollback
 * without `--to` would bring back.
 */
export function withLedger(
  revisions: readonly KnownRevision[],
  name: string,
  status: EnvironmentStatus | undefined,
): readonly ToldRevision[] {
  const live = status?.live?.services.find((service) => service.name === name)
  const back = live?.rollbackTarget.hasSucceeded ? live.rollbackTarget.taskDefinition : undefined
  return revisions.map((revision) => {
    const release = status?.releases.find(({ id }) => id === revision.release)
    const outcome = release?.outcome ?? ecsWords[revision.deployment ?? '']
    return {
      ...revision,
      isRollbackTarget:
        back === undefined ? revision.isRollbackTarget : revision.taskDefinition === back,
      ...(outcome === undefined ? {} : { outcome }),
    }
  })
}

const ecsWords: Readonly<Record<string, string>> = {
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
    `There is no service ${JSON.stringify(name)} in ${environment}${didYouMean(name, known) || '.'} ` +
      `There ${known.length === 1 ? 'is' : 'are'}: ${known.join(', ')}.`,
  )
}
