import { CancellationScope, getExternalWorkflowHandle } from '@temporalio/workflow'
import type { Requester, RequestStatus } from '../../contract/requests.ts'
import { requestStatusSignal } from '../../contract/messages.ts'

/** Tells others what happened, without ever holding up or failing who tells it. */
export interface SignalSender {
  send(requester: Requester, requestStatus: RequestStatus): void
  /** Whether something is still under way: a run that ended now would cut it short. */
  isBusy(): boolean
}

export function openSignalSender(): SignalSender {
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
    send({ workflowId, runId }, requestStatus) {
      const requester = getExternalWorkflowHandle(workflowId, runId)
      inBackground(() => requester.signal(requestStatusSignal, requestStatus))
    },
    isBusy: () => underWay > 0,
  }
}
