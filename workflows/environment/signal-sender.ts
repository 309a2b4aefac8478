import { CancellationScope, getExternalWorkflowHandle } from '@temporalio/workflow'
import type { Requester, RequestStatus } from '../../contract/requests.ts'
import { requestStatusSignal } from '../../contract/messages.ts'

/** Sends signals to requesters in the background, without ever delaying or failing the caller. */
export interface SignalSender {
  send(requester: Requester, requestStatus: RequestStatus): void
  /** Whether something is being sent: a run that ended now would cut it short. */
  isBusy(): boolean
}

export function openSignalSender(): SignalSender {
  let inProgress = 0

  function inBackground(work: () => Promise<unknown>): void {
    const done = () => {
      inProgress -= 1
    }
    inProgress += 1
    // A requester that has ended needs no answer.
    CancellationScope.nonCancellable(work).then(done, done)
  }

  return {
    send({ workflowId, runId }, requestStatus) {
      const requester = getExternalWorkflowHandle(workflowId, runId)
      inBackground(() => requester.signal(requestStatusSignal, requestStatus))
    },
    isBusy: () => inProgress > 0,
  }
}
