import assert from 'node:assert/strict'
import { inspect } from 'node:util'
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
  resultOf,
  newQueue,
  logErrorsOnly,
  withWorker,
  type Harness,
} from './harness.ts'

/** Settings of the dev server, by the names of Temporal's dynamic configuration. */
const serverSettings: Readonly<Record<string, string>> = {
  // A tenth of the default, so that tests continue as new as often as years of use do.
  'limit.historyCount.suggestContinueAsNew': '400',
}

/** A real dev server, on which time does not skip. */
export async function startEnvironmentHarness(
  settings: Readonly<Record<string, string>> = {},
): Promise<Harness> {
  logErrorsOnly()
  const [bundle, path] = await Promise.all([
    bundleWorkflows(new URL('../../workflows/index.ts', import.meta.url)),
    findTemporal(),
  ])
  const env = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      extraArgs: Object.entries({ ...serverSettings, ...settings }).flatMap(([name, value]) => [
        '--dynamic-config-value',
        `${name}=${value}`,
      ]),
    },
  })
  await addSearchAttributes(env)
  return { env, bundle, close: () => env.teardown() }
}

/** An environment of the test's own, with the activities of the test in place of the fakes. */
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
  const send = (request: ReleaseRequest): Promise<Accepted> =>
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
      deploy: (commit) => send(deployOf(spec, { commit })),
      request: send,
      spec,
      handle: workflow.getHandle(protocol.environmentWorkflowId(queue)),
      end: async ({ releaseId, runId }) => {
        // A waiting release has no workflow until its turn comes.
        if (runId === undefined) {
          await until(status, ({ releases }) => releases.some(({ id }) => id === releaseId))
        }
        const result = await resultOf(workflow.getHandle(releaseId, runId))
        await until(status, ({ running }) => running?.id !== releaseId)
        return result
      },
      release: ({ releaseId, runId }) => workflow.getHandle(releaseId, runId),
      status,
    }),
  )
}

/** An environment and what people can do with it. */
export interface EnvironmentFixture {
  readonly calls: readonly string[]
  readonly spec: ReturnType<typeof specFor>
  readonly handle: WorkflowHandle
  deploy(commit: string): Promise<Accepted>
  request(request: ReleaseRequest): Promise<Accepted>
  /** The result of a release, once it is in the environment's ledger. */
  end(accepted: Accepted): ReturnType<typeof resultOf>
  release(accepted: Accepted): WorkflowHandle
  status(): Promise<EnvironmentStatus>
}

/** A rollout that lasts until the test finishes it or it is cancelled. */
export function heldRollout() {
  const begun = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  return {
    begun: begun.promise,
    finish: () => released.resolve(),
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

/**
 * Repeats a query until the answer is good.
 *
 * @throws with the last answer after a minute, many times what any of these states takes
 */
export async function until<T>(query: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + 60_000
  for (;;) {
    const answer = await query()
    if (good(answer)) return answer
    assert.ok(Date.now() < end, `waited 60 s in vain. The last answer: ${inspect(answer)}`)
  }
}
