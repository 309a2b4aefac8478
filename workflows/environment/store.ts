import { setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow'
import { pageOf } from '../../text/temporal-ui.ts'
import { environmentDetails } from '../../text/details.ts'
import { notifySubscribers } from './state/subscribers.ts'
import { type Requester, type RequestStatus } from '../../contract/requests.ts'
import { notificationsOf, type EnvironmentSnapshot } from './state/notifications.ts'
import { withUnsent, withUndelivered, withoutUnsent } from './state/outbox.ts'
import { newEnvironmentState, type EnvironmentState } from './state/state.ts'
import { withRoom, withinBounds } from './state/room.ts'
import { statusOf } from './state/status.ts'
import { environmentStatus } from '../../contract/messages.ts'
import { openSignalSender } from './signal-sender.ts'
import type { ReleaseInput } from '../../contract/releases.ts'
import type { EnvironmentStart, RunningRelease } from '../../contract/environment.ts'
import { openNotificationDispatcher } from './notification-dispatcher.ts'
import { openStateVersion } from './state-version.ts'

/** The input of an `environment` workflow. `state` is set when it continues as new. */
export interface EnvironmentInput extends EnvironmentStart {
  readonly state?: EnvironmentState
}

/** The running release. */
export interface ActiveRelease {
  readonly input: ReleaseInput
  readonly release: RunningRelease
  readonly cancel: () => void
  /** Absent: the child workflow has not started yet. */
  readonly runId?: string
}

/** Holds the state of an environment, and publishes every change of it. */
export interface EnvironmentStore {
  readonly state: EnvironmentState
  readonly running: ActiveRelease | undefined
  /** Number of changes so far, to detect that something has changed. */
  readonly changes: number
  /** No release is started any more: the next run of this workflow starts them. */
  readonly isClosing: boolean
  /** The last release that Temporal did not start. */
  notStarted: { readonly id: string; readonly reason: string } | undefined
  /** Replaces the state, and with `now` also the running release. */
  setState(after: EnvironmentState, now?: { readonly running: ActiveRelease | undefined }): void
  sendStatus(requester: Requester, requestStatus: RequestStatus): void
  isSending(): boolean
  close(): void
  continueAsNewInput(): EnvironmentInput
}

/** Opens the store with the state that the previous run passed on, and answers the query `status`. */
export function openEnvironmentStore(input: EnvironmentInput): EnvironmentStore {
  const { environment, project, taskQueue, state: passedOn } = input
  const first = passedOn ?? newEnvironmentState(environment, project)
  let state = withinBounds(withRoom(first, Date.now()))
  let running: ActiveRelease | undefined
  let changes = 0
  let isClosing = false
  const version = openStateVersion()
  const sender = openSignalSender()
  const dispatcher = openNotificationDispatcher({
    arrived: (addressed) => setState(withoutUnsent(state, addressed)),
    givenUp: (addressed, why) => setState(withUndelivered(state, addressed, Date.now(), why)),
  })
  const { namespace } = workflowInfo()
  const status = () => statusOf(state, running?.release, Date.now())
  setHandler(environmentStatus, status)

  function setState(
    after: EnvironmentState,
    now: { readonly running: ActiveRelease | undefined } = { running },
  ) {
    const before = snapshotOf(state, running)
    running = now.running
    const settled = notifySubscribers(withRoom(after, Date.now()), running?.release)
    for (const { requester, requestStatus } of settled.deliveries)
      sender.send(requester, requestStatus)
    const at = Date.now()
    const notifications = notificationsOf(before, snapshotOf(settled.state, running), at)
    state = withinBounds(withUnsent(settled.state, notifications, at))
    dispatcher.send(state.unsent ?? [])
    changes += 1
    version.write(changes)
    const ui = state.spec?.links?.temporalUi
    setCurrentDetails(environmentDetails(status(), (id) => pageOf(ui, namespace, id)))
  }

  dispatcher.send(state.unsent ?? [])
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
    setState,
    sendStatus: (requester, requestStatus) => sender.send(requester, requestStatus),
    isSending: () => sender.isBusy() || dispatcher.isBusy(),
    close() {
      isClosing = true
      version.writeClosing(changes)
      dispatcher.close()
    },
    continueAsNewInput() {
      const next = taskQueue === undefined ? undefined : (state.releaseQueue ?? taskQueue)
      return { environment, project, state, ...(next === undefined ? {} : { taskQueue: next }) }
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
