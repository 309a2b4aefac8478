import { setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow'
import { pageOf } from '../../text/temporal-ui.ts'
import { environmentDetails } from '../../text/details.ts'
import { settle } from './state/subscribers.ts'
import { type Asker, type Fate } from '../../contract/requests.ts'
import { noticesOf, type Moment } from './state/notices.ts'
import { withSendings, withUndelivered, withoutSending } from './state/outbox.ts'
import { newDoor, type DoorState } from './state/state.ts'
import { statusOf } from './state/status.ts'
import { environmentStatus } from '../../contract/messages.ts'
import { openTeller } from './signal-sender.ts'
import type { ReleaseInput } from '../../contract/releases.ts'
import type { RunningRelease } from '../../contract/environment.ts'
import { openCourier } from './notification-dispatcher.ts'

/** The input of an `environment` workflow; `state` is what it hands on when it continues as new. */
export interface EnvironmentInput {
  readonly environment: string
  readonly project: string
  /** The task queue that it is started on. Left out: it stays where it is for good. */
  readonly queue?: string
  readonly state?: DoorState
}

/** The release that runs. */
export interface Running {
  readonly input: ReleaseInput
  readonly release: RunningRelease
  readonly cancel: () => void
  /** Absent until the child has started. */
  readonly runId?: string
}

/** Holds what an environment knows, and lets the world see and hear of every change of it. */
export interface Keeper {
  readonly state: DoorState
  readonly running: Running | undefined
  /** How often something has changed, to notice that it did. */
  readonly changes: number
  /** Nobody is started any more: the next run of this workflow does that. */
  readonly isClosing: boolean
  /** The last release that Temporal did not let start. */
  notStarted: { readonly id: string; readonly reason: string } | undefined
  /** Takes a new state; `now` where it also changes what runs. */
  become(after: DoorState, now?: { readonly running: Running | undefined }): void
  tell(asker: Asker, fate: Fate): void
  isTelling(): boolean
  close(): void
  handOn(): EnvironmentInput
}

/** Opens it with what the run before handed on, and answers the query `status` from it. */
export function openKeeper(input: EnvironmentInput): Keeper {
  const { environment, project, queue, state: handedOn } = input
  let state = handedOn ?? newDoor(environment, project)
  let running: Running | undefined
  let changes = 0
  let isClosing = false
  const teller = openTeller()
  const courier = openCourier({
    arrived: (sending) => become(withoutSending(state, sending)),
    givenUp: (sending, why) => become(withUndelivered(state, sending, Date.now(), why)),
  })
  const { namespace } = workflowInfo()
  const status = () => statusOf(state, running?.release)
  setHandler(environmentStatus, status)

  function become(after: DoorState, now: { readonly running: Running | undefined } = { running }) {
    const before = momentOf(state, running)
    running = now.running
    const settled = settle(after, running?.release)
    for (const { asker, fate } of settled.told) teller.tell(asker, fate)
    const at = Date.now()
    const notices = noticesOf(before, momentOf(settled.state, running), at)
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

function momentOf(state: DoorState, running: Running | undefined): Moment {
  if (running === undefined) return { state }
  const { input, release, runId } = running
  const { startedAt } = release
  return { state, running: { input, startedAt, hasStarted: runId !== undefined } }
}
