import { CancellationScope, getExternalWorkflowHandle } from '@temporalio/workflow'
import type { Asker, Fate } from '../../contract/requests.ts'
import { fateSignal } from '../../contract/messages.ts'

/** Tells others what happened, without ever holding up or failing who tells it. */
export interface Teller {
  tell(asker: Asker, fate: Fate): void
  /** Whether something is still under way: a run that ended now would cut it short. */
  busy(): boolean
}

export function openTeller(): Teller {
  let underWay = 0

  function inBackground(work: () => Promise<unknown>): void {
    const done = () => {
      underWay -= 1
    }
    underWay += 1
    // Who is not there any more need not be told.
    CancellationScope.nonCancellable(work).then(done, done)
  }

  return {
    tell({ workflowId, runId }, fate) {
      const asker = getExternalWorkflowHandle(workflowId, runId)
      inBackground(() => asker.signal(fateSignal, fate))
    },
    busy: () => underWay > 0,
  }
}
