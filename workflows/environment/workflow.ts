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
 * The one door of an environment: lock, queue and ledger. One release runs at a time. Every
 * decision is made by the pure functions of `door/`; the store holds the state, and this workflow
 * answers who asks and runs the next release. It never ends, whoever asks Temporal to cancel it:
 * between two releases it continues as new when its history has grown long, or when the release
 * queue has another name, and hands on all it knows.
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
  // Between two releases, whether more of them wait or not: under a steady load there is no other
  // moment. What waits is handed on.
  store.close()
  await condition(() => allHandlersFinished() && !store.isSending())
  const { taskQueue, ...handedOn } = store.continueAsNewInput()
  if (taskQueue === undefined) return continueAsNew<typeof environment>(handedOn)
  const onQueue = makeContinueAsNewFunc<typeof environment>({ taskQueue })
  return onQueue({ ...handedOn, taskQueue: taskQueue })
}

/**
 * Its releases run where it does itself, which is where the configuration says by now. The queue
 * is not asked of the worker: one that replays a history has another.
 */
function mustChangeTaskQueue(
  { taskQueue }: EnvironmentInput,
  { state: { releaseQueue } }: EnvironmentStore,
): boolean {
  return taskQueue !== undefined && releaseQueue !== undefined && releaseQueue !== taskQueue
}
