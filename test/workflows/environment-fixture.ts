import { Context } from '@temporalio/activity'
import { WithStartWorkflowOperation, type WorkflowHandle } from '@temporalio/client'
import { TestWorkflowEnvironment } from '@temporalio/testing'
import { findTemporal } from '../../local/stack/temporal.ts'
import { bundleWorkflows } from '../../worker/workflow-bundle.ts'
import type { AdmissionSpec } from '../../contract/environment-spec.ts'
import type { EnvironmentInput } from '../../workflows/environment/workflow.ts'
import * as protocol from '../../contract/messages.ts'
import type { EnvironmentStatus } from '../../contract/environment.ts'
import type { Accepted, ReleaseRequest } from '../../contract/requests.ts'
import { deployOf, fakes, live, specFor } from './fixtures.ts'
import {
  addSearchAttributes,
  endOf,
  newQueue,
  quietly,
  withWorker,
  type Harness,
} from './harness.ts'

/** A real dev server: what waits there, waits in real time. */
export async function startEnvironmentHarness(): Promise<Harness> {
  quietly()
  const [bundle, path] = await Promise.all([
    bundleWorkflows(new URL('../../workflows/index.ts', import.meta.url)),
    findTemporal(),
  ])
  const env = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      // A tenth of the usual: continuing as new must be as common in tests as it is in years.
      extraArgs: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=400'],
    },
  })
  await addSearchAttributes(env)
  return { env, bundle, close: () => env.teardown() }
}

/** A environment of the test's own, with the activities that the test says. */
export async function withEnvironment(
  harness: Harness,
  otherwise: Parameters<typeof fakes>[1],
  work: (environment: EnvironmentFixture) => Promise<void>,
  rules: Partial<AdmissionSpec> = {},
): Promise<void> {
  const queue = newQueue()
  const fake = fakes(queue, otherwise)
  const usual = specFor(queue)
  const spec = { ...usual, environment: queue, admission: { ...usual.admission, ...rules } }
  const { workflow } = harness.env.client
  const ask = (request: ReleaseRequest): Promise<Accepted> =>
    workflow.executeUpdateWithStart(protocol.requestRelease, {
      args: [request],
      startWorkflowOperation: new WithStartWorkflowOperation(protocol.environmentWorkflow, {
        workflowId: protocol.environmentWorkflowId(queue),
        workflowIdConflictPolicy: 'USE_EXISTING',
        taskQueue: queue,
        args: [
          { environment: queue, project: 'mailman', taskQueue: queue } satisfies EnvironmentInput,
        ],
      }),
    })
  const status = () =>
    workflow.getHandle(protocol.environmentWorkflowId(queue)).query(protocol.environmentStatus)
  await withWorker(harness, queue, fake, () =>
    work({
      calls: fake.calls,
      deploy: (wanted) => ask(deployOf(spec, { commit: wanted })),
      ask,
      spec,
      handle: workflow.getHandle(protocol.environmentWorkflowId(queue)),
      end: async ({ releaseId, runId }) => {
        // One that was to wait has no workflow until its turn has come.
        if (runId === undefined) {
          await until(status, ({ releases }) => releases.some(({ id }) => id === releaseId))
        }
        const result = await endOf(workflow.getHandle(releaseId, runId))
        await until(status, ({ running }) => running?.id !== releaseId)
        return result
      },
      release: ({ releaseId, runId }) => workflow.getHandle(releaseId, runId),
      status,
    }),
  )
}

/** An environment, and what a person can do with it. */
export interface EnvironmentFixture {
  readonly calls: readonly string[]
  readonly spec: ReturnType<typeof specFor>
  readonly handle: WorkflowHandle
  deploy(commit: string): Promise<Accepted>
  ask(request: ReleaseRequest): Promise<Accepted>
  /** How a release ended, once the environment has it in its ledger. */
  end(accepted: Accepted): ReturnType<typeof endOf>
  release(accepted: Accepted): WorkflowHandle
  status(): Promise<EnvironmentStatus>
}

/** A wait that lasts until the test lets it end, or until it is cancelled. */
export function heldWait() {
  const begun = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  return {
    begun: begun.promise,
    letGo: () => released.resolve(),
    waitForRollout: async () => {
      const context = Context.current()
      const beat = setInterval(() => context.heartbeat(), 50)
      begun.resolve()
      try {
        await Promise.race([released.promise, context.cancelled])
      } finally {
        clearInterval(beat)
      }
      return live
    },
  }
}

/** Asks again until the answer is as it should be; the test's own timeout bounds it. */
export async function until<T>(ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (good(answer)) return answer
  }
}
