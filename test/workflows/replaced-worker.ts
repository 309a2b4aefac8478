import { WithStartWorkflowOperation, type WorkflowHandle } from '@temporalio/client'
import * as protocol from '../../contract/messages.ts'
import type { Accepted } from '../../contract/requests.ts'
import { heldRollout, until } from './environment-fixture.ts'
import { anotherCommit, commit, deployOf, fakes, live, specFor } from './fixtures.ts'
import { newQueue, withWorker, type Harness } from './harness.ts'

/** An environment whose worker can be replaced, and whose second release waits until it is ended. */
function openEnvironment(harness: Harness) {
  const queue = newQueue()
  const rollout = heldRollout()
  let isHeld = false
  const fake = fakes(queue, {
    waitForRollout: async () => (isHeld ? rollout.waitForRollout() : live),
  })
  const spec = { ...specFor(queue), environment: queue }
  const { workflow } = harness.env.client
  const handle = workflow.getHandle(protocol.environmentWorkflowId(queue))
  const status = () => handle.query(protocol.environmentStatus)
  const ended = ({ releaseId }: Accepted) =>
    until(
      status,
      ({ releases, running }) =>
        running === undefined && releases.some(({ id }) => id === releaseId),
    )
  const deploy = (wanted: string): Promise<Accepted> =>
    workflow.executeUpdateWithStart(protocol.requestRelease, {
      args: [deployOf(spec, { commit: wanted })],
      startWorkflowOperation: new WithStartWorkflowOperation(protocol.environmentWorkflow, {
        workflowId: protocol.environmentWorkflowId(queue),
        workflowIdConflictPolicy: 'USE_EXISTING',
        taskQueue: queue,
        args: [{ environment: queue, project: 'mailman', taskQueue: queue }],
      }),
    })
  return {
    handle,
    status,
    deploy,
    ended,
    /** Runs with a worker that has seen nothing before. */
    withNewWorker: <T>(work: () => Promise<T>) => withWorker(harness, queue, fake, work),
    /** A release that runs until it is cancelled. */
    async deployAndHold(wanted: string): Promise<Accepted> {
      isHeld = true
      const accepted = await deploy(wanted)
      await rollout.begun
      return accepted
    },
    finishRollout() {
      isHeld = false
      rollout.finish()
    },
  }
}

type Environment = ReturnType<typeof openEnvironment>

/** What happens before the worker is replaced for the first time. */
export const waysToReplace: Readonly<Record<string, (environment: Environment) => Promise<void>>> =
  {
    async 'a release is cancelled'(environment) {
      const held = await environment.deployAndHold(anotherCommit)
      await environment.handle.executeUpdate(protocol.controlUpdates.cancel, { args: [{}] })
      await environment.ended(held)
    },
    async 'a release is rolled back by signal while it runs'(environment) {
      const held = await environment.deployAndHold(anotherCommit)
      await environment.handle.signal(protocol.rollbackSignal)
      await environment.ended(held)
    },
    async 'a freeze by signal is lifted by signal'(environment) {
      await environment.handle.signal('freeze', { reason: 'incident' })
      await environment.handle.signal('unfreeze', {})
      await until(environment.status, ({ controls }) => controls.length === 2)
    },
    async 'a freeze is lifted while a release runs'(environment) {
      const held = await environment.deployAndHold(anotherCommit)
      await environment.handle.signal('freeze', { reason: 'incident' })
      await environment.handle.signal('unfreeze', {})
      await until(environment.status, ({ controls }) => controls.length === 2)
      environment.finishRollout()
      await environment.ended(held)
    },
    async 'an unknown signal arrives'(environment) {
      await environment.handle.signal('thaw')
      await until(environment.status, ({ controls }) => controls.length === 1)
    },
  }

/** An environment to which one of these has happened, and which then had two new workers. */
export async function replaceWorkers(
  harness: Harness,
  happens: (environment: Environment) => Promise<void>,
): Promise<WorkflowHandle> {
  const environment = openEnvironment(harness)
  await environment.withNewWorker(async () => {
    await environment.ended(await environment.deploy(commit))
    await happens(environment)
    environment.finishRollout()
  })
  for (const wanted of ['c', 'd']) {
    await environment.withNewWorker(async () => {
      await environment.ended(await environment.deploy(wanted.repeat(40)))
    })
  }
  await environment.withNewWorker(() => environment.status())
  return environment.handle
}
