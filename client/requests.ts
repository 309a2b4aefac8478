import type { ControlBody, PlainControl } from '../contract/controls.ts'
import { randomUUID } from 'node:crypto'
import { type Client, WithStartWorkflowOperation } from '@temporalio/client'
import type { EnvironmentStart } from '../contract/environment.ts'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import * as messages from '../contract/messages.ts'
import type {
  Accepted,
  DeployRequest,
  RedeployRequest,
  ReleaseRequest,
  RollbackRequest,
} from '../contract/requests.ts'
import type { AbortOptions } from './temporal/abort.ts'
import { sendUpdate } from './send-update.ts'
import { requireEnvironmentWorker } from './workers.ts'

type EnvironmentWorkflow = (input: EnvironmentStart) => Promise<never>

/**
 * Requests the release of a commit, and starts the environment workflow if it does not run yet.
 * Resolves once the release has begun or waits for its turn. A request for the commit that is being
 * released joins that release.
 *
 * After an abort the environment may still have the request and act on it.
 *
 * @throws UserError if the environment rejects the request: it is frozen, for instance
 */
export function requestDeploy(
  client: Client,
  request: DeployRequest,
  options: AbortOptions = {},
): Promise<Accepted> {
  return requestRelease(client, request, options)
}

/** Requests a new deployment of what is live. Otherwise like {@link requestDeploy}. */
export function requestRedeploy(
  client: Client,
  request: RedeployRequest,
  options: AbortOptions = {},
): Promise<Accepted> {
  return requestRelease(client, request, options)
}

async function requestRelease(
  client: Client,
  request: Exclude<ReleaseRequest, RollbackRequest>,
  options: AbortOptions,
): Promise<Accepted> {
  const { spec } = request
  const updateId = randomUUID()
  await requireEnvironmentWorker(client, spec, options)
  const send = () =>
    client.workflow.executeUpdateWithStart(messages.requestRelease, {
      args: [request],
      updateId,
      startWorkflowOperation: startOf(spec),
    })
  return sendUpdate(client, spec.environment, send, options)
}

/**
 * Rolls an environment back: to what ran before the live release, or to the release given; first to
 * the live release if the last one that touched services ended as `rollback_failed`. A running
 * release is cancelled, which rolls back what it changed (`joined` is true then).
 *
 * @throws UserError if there is no rollback target
 */
export async function requestRollback(
  client: Client,
  request: RollbackRequest,
  options: AbortOptions = {},
): Promise<Accepted> {
  const { spec } = request
  const updateId = randomUUID()
  await requireEnvironmentWorker(client, spec, options)
  const send = () =>
    client.workflow.executeUpdateWithStart(messages.requestRollback, {
      args: [request],
      updateId,
      // ECS knows what ran before the first release: a new environment can be rolled back, too.
      startWorkflowOperation: startOf(spec),
    })
  return sendUpdate(client, spec.environment, send, options)
}

/**
 * Controls an environment: approves or rejects, cancels, freezes and unfreezes, pauses and resumes.
 * Resolves with a sentence that says what was done.
 *
 * @throws UserError if it cannot be done: nothing waits for an approval, for instance
 */
export async function requestControl(
  client: Client,
  spec: EnvironmentSpec,
  kind: PlainControl,
  body: ControlBody,
  options: AbortOptions = {},
): Promise<string> {
  const updateId = randomUUID()
  await requireEnvironmentWorker(client, spec, options)
  const send = () =>
    client.workflow.executeUpdateWithStart(messages.controlUpdates[kind], {
      args: [body],
      updateId,
      startWorkflowOperation: startOf(spec),
    })
  return sendUpdate(client, spec.environment, send, options)
}

/** Starts an environment workflow unless it runs. An operation is good for one call only. */
function startOf({ environment, project, taskQueues }: EnvironmentSpec) {
  const taskQueue = taskQueues.release
  return new WithStartWorkflowOperation<EnvironmentWorkflow>(messages.environmentWorkflow, {
    workflowId: messages.environmentWorkflowId(environment),
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue,
    args: [{ environment, project, taskQueue }],
    staticSummary: `${project} ${environment}`,
  })
}
