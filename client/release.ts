import type {
  Accepted,
  DeployRequest,
  RedeployRequest,
  ReleaseRequest,
  RollbackRequest,
} from '../contract/requests.ts'
import type { ControlBody, PlainControl } from '../contract/controls.ts'
import { randomUUID } from 'node:crypto'
import { type Client, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client'
import type { Plan } from '../contract/activity-types.ts'
import type { EnvironmentSpec } from '../contract/environment-spec.ts'
import * as protocol from '../contract/messages.ts'
import type { ReleaseStatus } from '../contract/releases.ts'
import type { EnvironmentStatus } from '../contract/environment.ts'
import { explained, isOutage, isUnattended } from './explain-error.ts'
import { persistently } from './retry-outages.ts'
import { UserError } from './user-error.ts'
import { requested } from './request.ts'
import { requireEnvironmentWorker, requireWorkers } from './workers.ts'

/** How long the server may take to answer. */
const answerWithinMs = 30_000

/** Longer than the 10 s after which the server gives up on the worker that answered last. */
const queryWithinMs = 12_000

/** The first argument of the `environment` workflow, as far as whoever starts it gives it. */
interface EnvironmentStart {
  readonly environment: string
  readonly project: string
  readonly queue: string
}

type EnvironmentWorkflow = (input: EnvironmentStart) => Promise<never>

/**
 * Asks an environment for a release, and starts the environment's workflow where nobody has yet.
 * Answers once the release has begun or waits for its turn; a request for the commit that is being
 * released joins it.
 *
 * @throws Refusal where the environment says no: it is frozen, for instance
 */
export function requestDeploy(client: Client, request: DeployRequest): Promise<Accepted> {
  return requestRelease(client, request)
}

/** Asks for a new deployment of what is live. Answers and refuses as {@link requestDeploy} does. */
export function requestRedeploy(client: Client, request: RedeployRequest): Promise<Accepted> {
  return requestRelease(client, request)
}

async function requestRelease(client: Client, request: ReleaseRequest): Promise<Accepted> {
  const { environment, project, taskQueues } = request.spec
  const updateId = randomUUID()
  await answered(client, () => requireEnvironmentWorker(client, request.spec))
  return requested(client, environment, () =>
    client.workflow.executeUpdateWithStart(protocol.requestRelease, {
      args: [request],
      updateId,
      startWorkflowOperation: startOf(environment, project, taskQueues.release),
    }),
  )
}

/** Starts an environment's workflow where nobody has yet. An operation serves for one call only. */
function startOf(environment: string, project: string, taskQueue: string) {
  return new WithStartWorkflowOperation<EnvironmentWorkflow>(protocol.environmentWorkflow, {
    workflowId: protocol.environmentWorkflowId(environment),
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue,
    args: [{ environment, project, queue: taskQueue }],
    staticSummary: `${project} ${environment}`,
  })
}

/**
 * Takes an environment back: to what ran before the live release, or to the release named. While
 * a release runs, that one is cancelled and what it touched is brought back (`joined` is true).
 *
 * @throws Refusal where there is nothing to go back to
 */
export async function requestRollback(client: Client, request: RollbackRequest): Promise<Accepted> {
  const { environment, project, taskQueues } = request.spec
  const updateId = randomUUID()
  await answered(client, () => requireEnvironmentWorker(client, request.spec))
  return requested(client, environment, () =>
    client.workflow.executeUpdateWithStart(protocol.requestRollback, {
      args: [request],
      updateId,
      // What ran before the first release, ECS knows: an environment that is new can go back, too.
      startWorkflowOperation: startOf(environment, project, taskQueues.release),
    }),
  )
}

/**
 * Steers an environment: approves or rejects, cancels, freezes and unfreezes, pauses and resumes.
 * Gives a sentence that says what was done.
 *
 * @throws Refusal where it cannot be done, or nothing was ever asked of the environment
 */
export async function requestControl(
  client: Client,
  spec: EnvironmentSpec,
  kind: PlainControl,
  body: ControlBody,
): Promise<string> {
  const { environment, project, taskQueues } = spec
  const updateId = randomUUID()
  await answered(client, () => requireEnvironmentWorker(client, spec))
  return requested(client, environment, () =>
    client.workflow.executeUpdateWithStart(protocol.controlUpdates[kind], {
      args: [body],
      updateId,
      startWorkflowOperation: startOf(environment, project, taskQueues.release),
    }),
  )
}

/**
 * What is live, what runs and what ran. `undefined` where nothing was ever asked for.
 *
 * @throws Refusal where no worker runs: only one can answer
 */
export async function environmentStatus(
  client: Client,
  spec: Pick<EnvironmentSpec, 'environment'>,
): Promise<EnvironmentStatus | undefined> {
  const handle = client.workflow.getHandle(protocol.environmentWorkflowId(spec.environment))
  try {
    const { taskQueue } = await answered(client, () => handle.describe())
    await requireWorkers(client, { release: taskQueue })
    return await answeredByWorker(client, taskQueue, () => handle.query(protocol.environmentStatus))
  } catch (error) {
    if (error instanceof UserError && error.cause instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

/** Where a release that runs is; `undefined` where it cannot be asked, having just ended. */
export async function stepsOf(client: Client, id: string): Promise<ReleaseStatus | undefined> {
  try {
    return await client.withDeadline(Date.now() + queryWithinMs, () =>
      client.workflow.getHandle(id).query(protocol.releaseStatus),
    )
  } catch {
    return undefined
  }
}

/** An environment that nothing was ever asked of. */
export function untouchedEnvironment(environment: string, project: string): EnvironmentStatus {
  return { environment, project, waiting: [], superseded: [], controls: [], releases: [] }
}

/**
 * What a release of a commit would change. Reads only.
 *
 * @throws Refusal with what stands against it
 */
export async function planRelease(
  client: Client,
  input: { readonly spec: EnvironmentSpec; readonly commit: string },
): Promise<Plan> {
  const { environment, taskQueues } = input.spec
  try {
    return await client.workflow.execute<(given: typeof input) => Promise<Plan>>(
      protocol.planWorkflow,
      {
        workflowId: `plan/${environment}/${randomUUID()}`,
        taskQueue: taskQueues.release,
        args: [input],
        workflowExecutionTimeout: '10m',
      },
    )
  } catch (error) {
    throw explained(error)
  }
}

/**
 * A query waits for a worker. One that has just stopped is still listed as serving its queue, so
 * silence is what shows that it is gone.
 */
async function answeredByWorker<T>(
  client: Client,
  queue: string,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + queryWithinMs, () => persistently(ask))
  } catch (error) {
    if (!isOutage(error) && !isUnattended(error)) throw explained(error)
    throw new UserError(
      `No worker answered on the task queue "${queue}" within ${queryWithinMs / 1_000} s. Look whether one runs, or start one: slipway worker`,
      { cause: error },
    )
  }
}

/** Asks with a deadline, and makes refusals of the errors that a person can act on. */
async function answered<T>(client: Client, ask: () => Promise<T>): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + answerWithinMs, () => persistently(ask))
  } catch (error) {
    throw explained(error)
  }
}
