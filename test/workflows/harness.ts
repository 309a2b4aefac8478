import { randomUUID } from 'node:crypto'
import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker'
import { findTestServer } from '../../local/stack/temporal.ts'
import { bundleWorkflows } from '../../worker/workflow-bundle.ts'
import { indexedValueTypes, searchAttributes } from '../../contract/search-attributes.ts'
import type { ReleaseInput, ReleaseResult } from '../../contract/releases.ts'
import type { ReleaseRequest } from '../../contract/requests.ts'
import type { Fakes } from './fixtures.ts'

/** A time-skipping server and the bundled workflows. */
export interface Harness {
  readonly env: TestWorkflowEnvironment
  readonly bundle: WorkflowBundle
  close(): Promise<void>
}

export async function startHarness(): Promise<Harness> {
  logErrorsOnly()
  const [bundle, path] = await Promise.all([
    bundleWorkflows(new URL('../../workflows/index.ts', import.meta.url)),
    findTestServer(),
  ])
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  })
  await addSearchAttributes(env)
  return { env, bundle, close: () => env.teardown() }
}

/** Workers and servers log only errors. */
export function logErrorsOnly(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'ERROR' } },
  })
}

/** What `slipway setup` does for a real server. */
export async function addSearchAttributes(env: TestWorkflowEnvironment): Promise<void> {
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(searchAttributes).map(([name, type]) => [name, indexedValueTypes[type]]),
    ),
  })
}

/** Runs some work with a worker for the workflows and these activities, on its own task queue. */
export async function withWorker<T>(
  { env, bundle }: Harness,
  taskQueue: string,
  { activities }: Fakes,
  work: () => Promise<T>,
): Promise<T> {
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    identity: 'test worker',
    workflowBundle: bundle,
    activities,
    // Send heartbeats at once: ten seconds of a skipped clock take milliseconds.
    maxHeartbeatThrottleInterval: 1,
    defaultHeartbeatThrottleInterval: 1,
  })
  return worker.runUntil(work())
}

export const newQueue = () => `test-${randomUUID()}`

/** Starts a release as its environment would. */
export function startRelease(
  { env }: Harness,
  request: ReleaseRequest,
  more: Partial<ReleaseInput> = {},
) {
  const id = `release/production/${randomUUID()}`
  return env.client.workflow.start('release', {
    workflowId: id,
    taskQueue: request.spec.taskQueues.release,
    args: [{ id, request, ...more } satisfies ReleaseInput],
  })
}

/** The result of a release, whether the workflow succeeded or failed. */
export async function resultOf(handle: { result(): Promise<unknown> }): Promise<ReleaseResult> {
  try {
    return (await handle.result()) as ReleaseResult
  } catch (failure) {
    if (failure instanceof WorkflowFailedError && failure.cause instanceof ApplicationFailure) {
      return failure.cause.details?.[0] as ReleaseResult
    }
    throw failure
  }
}
