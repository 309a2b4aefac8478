import {
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow'
import { noted } from './state/controls.ts'
import { anonymous } from './state/parse-control.ts'
import { handleControls } from './controls.ts'
import { openEnvironmentStore, type EnvironmentInput, type EnvironmentStore } from './store.ts'
import { handleRequests } from './requests.ts'
import { runNext } from './run-queue.ts'

export type { EnvironmentInput } from './store.ts'

/**
 * The workflow of an environment: its lock, queue and ledger. One release runs at a time. The pure
 * functions of `state/` make every decision, the store holds the state, and this workflow answers
 * requests and runs the next release. It never ends, even if someone cancels it in Temporal. Between
 * two releases it continues as new when its history has grown long or the release task queue has a
 * new name, and passes its whole state on.
 */
export function environment(input: EnvironmentInput): Promise<never> {
  const { cancelRequested } = CancellationScope.current()
  return CancellationScope.nonCancellable(() => serve(input, cancelRequested))
}

async function serve(input: EnvironmentInput, cancelRequested: Promise<never>): Promise<never> {
  const store = openEnvironmentStore(input)
  cancelRequested.catch(() => {
    const why = 'an environment does not end; to cancel a release, send the signal "cancel"'
    store.setState(noted(store.state, 'cancel', { by: anonymous }, Date.now(), why))
  })
  handleRequests(store)
  handleControls(store)
  while (!workflowInfo().continueAsNewSuggested && !mustChangeTaskQueue(input, store))
    await runNext(store)
  // Also while requests wait: under a steady load the queue is never empty. They are passed on.
  store.close()
  await condition(() => allHandlersFinished() && !store.isSending())
  const { taskQueue, ...passedOn } = store.continueAsNewInput()
  if (taskQueue === undefined) return continueAsNew<typeof environment>(passedOn)
  const onQueue = makeContinueAsNewFunc<typeof environment>({ taskQueue })
  return onQueue({ ...passedOn, taskQueue: taskQueue })
}

/**
 * Releases run on the environment's own task queue, which follows the configuration. The input tells
 * the current one, not the worker: a worker that replays a history has another.
 */
function mustChangeTaskQueue(
  { taskQueue }: EnvironmentInput,
  { state: { releaseQueue } }: EnvironmentStore,
): boolean {
  return taskQueue !== undefined && releaseQueue !== undefined && releaseQueue !== taskQueue
}
