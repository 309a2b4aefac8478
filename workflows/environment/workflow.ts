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
 * decision is made by the pure functions of `door/`; the keeper holds the state, and this workflow
 * answers who asks and runs the next release. It never ends, whoever asks Temporal to cancel it:
 * between two releases it continues as new when its history has grown long, or when the release
 * queue has another name, and hands on all it knows.
 */
export function environment(input: EnvironmentInput): Promise<never> {
  const { cancelRequested } = CancellationScope.current()
  return CancellationScope.nonCancellable(() => serve(input, cancelRequested))
}

async function serve(input: EnvironmentInput, cancelRequested: Promise<never>): Promise<never> {
  const keeper = openEnvironmentStore(input)
  cancelRequested.catch(() => {
    const why = 'an environment does not end; to cancel a release, send the signal "cancel"'
    keeper.become(noted(keeper.state, 'cancel', { by: anonymous }, Date.now(), why))
  })
  handleRequests(keeper)
  handleControls(keeper)
  while (!workflowInfo().continueAsNewSuggested && !mustChangeTaskQueue(input, keeper))
    await runNext(keeper)
  // Between two releases, whether more of them wait or not: under a steady load there is no other
  // moment. What waits is handed on.
  keeper.close()
  await condition(() => allHandlersFinished() && !keeper.isTelling())
  const { queue: taskQueue, ...handedOn } = keeper.handOn()
  if (taskQueue === undefined) return continueAsNew<typeof environment>(handedOn)
  const onQueue = makeContinueAsNewFunc<typeof environment>({ taskQueue })
  return onQueue({ ...handedOn, queue: taskQueue })
}

/**
 * Its releases run where it does itself, which is where the configuration says by now. The queue
 * is not asked of the worker: one that replays a history has another.
 */
function mustChangeTaskQueue(
  { queue }: EnvironmentInput,
  { state: { releaseQueue } }: EnvironmentStore,
): boolean {
  return queue !== undefined && releaseQueue !== undefined && releaseQueue !== queue
}
