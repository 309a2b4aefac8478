import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow'
import { answerControls } from './environment/controls.ts'
import { openKeeper, type EnvironmentInput } from './environment/keeper.ts'
import { answerRequests } from './environment/requests.ts'
import { runNext } from './environment/turns.ts'

export type { EnvironmentInput } from './environment/keeper.ts'

/**
 * The one door of an environment: lock, queue and ledger. One release runs at a time. Every
 * decision is made by the pure functions of `door/`; the keeper holds the state, and this workflow
 * answers who asks and runs the next release. It never ends: between two releases it continues as
 * new when its history has grown long, and hands on all it knows.
 */
export async function environment(input: EnvironmentInput): Promise<never> {
  const keeper = openKeeper(input)
  answerRequests(keeper)
  answerControls(keeper)
  while (!workflowInfo().continueAsNewSuggested) await runNext(keeper)
  // Between two releases, whether more of them wait or not: under a steady load there is no other
  // moment. What waits is handed on.
  keeper.close()
  await condition(() => allHandlersFinished() && !keeper.isTelling())
  return continueAsNew<typeof environment>(keeper.handOn())
}
