import { setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow'
import { pageOf } from '../../text/temporal-ui.ts'
import { environmentDetails } from '../../text/details.ts'
import { notifySubscribers } from './state/subscribers.ts'
import { type Requester, type RequestStatus } from '../../contract/requests.ts'
import { noticesOf, type EnvironmentSnapshot } from './state/notices.ts'
import { withSendings, withUndelivered, withoutSending } from './state/outbox.ts'
import { newEnvironmentState, type EnvironmentState } from './state/state.ts'
import { statusOf } from './state/status.ts'
import { environmentStatus } from '../../contract/messages.ts'
import { openSignalSender } from './signal-sender.ts'
import type { ReleaseInput } from '../../contract/releases.ts'
import type { RunningRelease } from '../../contract/environment.ts'
import { openNotificationDispatcher } from './notification-dispatcher.ts'

/** The input of an `environment` workflow; `state` is what it hands on when it continues as new. */
export interface EnvironmentInput {
  readonly environment: string
  readonly project: string
  /** The task queue that it is started on. Left out: it stays where it is for good. */
  readonly queue?: string
  readonly state?: EnvironmentState
}

/** The release that runs. */
export interface ActiveRelease {
  readonly input: ReleaseInput
  readonly release: RunningRelease
  readonly cancel: () => void
  /** Absent until the child has started. */
  readonly runId?: string
}

/** Holds what an environment knows, and lets the world see and hear of every change of it. */
export interface EnvironmentStore {
  readonly state: EnvironmentState
  readonly running: ActiveRelease | undefined
  /** How often something has changed, to notice that it did. */
  readonly changes: number
  /** Nobody is started any more: the next run of this workflow does that. */
  readonly isClosing: boolean
  /** The last release that Temporal did not let start. */
  notStarted: { readonly id: string; readonly reason: string } | undefined
  /** Takes a new state; `now` where it also changes what runs. */
  become(after: EnvironmentState, now?: { readonly running: ActiveRelease | undefined }): void
  tell(asker: Requester, fate: RequestStatus): void
  isTelling(): boolean
  close(): void
  handOn(): EnvironmentInput
}

/** Opens it with what the run before handed on, and answers the query `status` from it. */
export function openEnvironmentStore(input: EnvironmentInput): EnvironmentStore {
  const { environment, project, queue, state: handedOn } = input
  let state = handedOn ?? newEnvironmentState(environment, project)
  let running: ActiveRelease | undefined
  let changes = 0
  let isClosing = false
  const teller = openSignalSender()
  const courier = openNotificationDispatcher({
    arrived: (sending) => become(withoutSending(state, sending)),
    givenUp: (sending, why) => become(withUndelivered(state, sending, Date.now(), why)),
  })
  const { namespace } = workflowInfo()
  const status = () => statusOf(state, running?.release)
  setHandler(environmentStatus, status)

  function become(
    after: EnvironmentState,
    now: { readonly running: ActiveRelease | undefined } = { running },
  ) {
    const before = snapshotOf(state, running)
    running = now.running
    const settled = notifySubscribers(after, running?.release)
    for (const { asker, fate } of settled.told) teller.tell(asker, fate)
    const at = Date.now()
    const notices = noticesOf(before, snapshotOf(settled.state, running), at)
    state = withSendings(settled.state, notices, at)
    courier.take(state.unsent ?? [])
    changes += 1
    const ui = state.target?.links?.temporalUi
    setCurrentDetails(environmentDetails(status(), (id) => pageOf(ui, namespace, id)))
  }

  courier.take(state.unsent ?? [])
  return {
    get state() {
      return state
    },
    get running() {
      return running
    },
    get changes() {
      return changes
    },
    get isClosing() {
      return isClosing
    },
    notStarted: undefined,
    become,
    tell: (asker, fate) => teller.tell(asker, fate),
    isTelling: () => teller.busy() || courier.isBusy(),
    close() {
      isClosing = true
      courier.close()
    },
    handOn() {
      const next = queue === undefined ? undefined : (state.releaseQueue ?? queue)
      return { environment, project, state, ...(next === undefined ? {} : { queue: next }) }
    },
  }
}

function snapshotOf(
  state: EnvironmentState,
  running: ActiveRelease | undefined,
): EnvironmentSnapshot {
  if (running === undefined) return { state }
  const { input, release, runId } = running
  const { startedAt } = release
  return { state, running: { input, startedAt, hasStarted: runId !== undefined } }
}
