import { condition, setHandler } from '@temporalio/workflow'
import { admit } from './state/admission.ts'
import { endedStatusOf } from './state/subscribers.ts'
import type {
  Requester,
  Accepted,
  ReleaseRequest,
  RollbackRequest,
} from '../../contract/requests.ts'
import { noted } from './state/controls.ts'
import { faultIn } from './state/parse-request.ts'
import type { EnvironmentState } from './state/state.ts'
import { nextToStart } from './state/queue.ts'
import { waitReasonOf } from './state/wait-reason.ts'
import { waitText } from '../../text/wait-reason.ts'
import { busyWith } from '../../text/queue.ts'
import * as protocol from '../../contract/messages.ts'
import { rejectUpdate } from '../temporal/reject-update.ts'
import type { EnvironmentStore } from './store.ts'
import { handleSignalledRequests } from './signalled-requests.ts'
import { uncancelled } from './uncancelled.ts'

/** Handles requests for a release or a rollback, by Update and by signal. */
export function handleRequests(store: EnvironmentStore): void {
  setHandler(
    protocol.requestRelease,
    uncancelled((request) => admitRequest(store, request)),
    {
      validator(request) {
        rejectMalformed('release', request)
        validate(store, request)
      },
    },
  )
  setHandler(
    protocol.requestRollback,
    uncancelled((request?: Partial<RollbackRequest>) => rollBack(store, request ?? {})),
    {
      validator(request?: Partial<RollbackRequest>) {
        rejectMalformed('rollback', request ?? {})
        validateRollback(store, request ?? {})
      },
    },
  )
  handleSignalledRequests(store, {
    admitRequest: (request, requester) => admitRequest(store, request, requester),
    rollBack: (request) => rollBack(store, request),
  })
}

/** A malformed request must not get further: the workflow would fail on it and retry for ever. */
function rejectMalformed(kind: 'release' | 'rollback', body: unknown): void {
  const fault = faultIn(kind, body)
  if (fault !== undefined) throw rejectUpdate(fault)
}

function validate({ state, running }: EnvironmentStore, request: ReleaseRequest): void {
  const admission = admit(state, running?.release, request, Date.now())
  if (admission.kind === 'rejected') throw rejectUpdate(admission.reason)
}

async function admitRequest(
  store: EnvironmentStore,
  request: ReleaseRequest,
  requester?: Requester,
): Promise<Accepted> {
  const admission = admit(store.state, store.running?.release, request, Date.now(), requester)
  // Another request may have been admitted between the validator and this.
  if (admission.kind === 'rejected') throw rejectUpdate(admission.reason)
  const { id, state: asked } = admission
  if (admission.kind === 'admitted') {
    store.setState(withManualAction(withReleaseQueue(asked, request, requester), request, id))
    if (admission.cancelRunning) store.running?.cancel()
  } else if (asked !== store.state) store.setState(withManualAction(asked, request, id))
  // The answer of an idle environment says whether the release has started.
  if (store.running === undefined && nextToStart(store.state, Date.now())?.input.id === id) {
    await condition(() => !isWaiting(store, id) || store.isClosing)
  }
  // A release that is about to start soon has a run id.
  await condition(() => store.running?.release.id !== id || store.running.runId !== undefined)
  const { notStarted } = store
  if (notStarted?.id === id) throw rejectUpdate(notStarted.reason)
  const over = endedStatusOf(store.state, store.running?.release, id)
  if (over !== undefined) {
    const message = `${id} has ended: ${over.message}`
    return accepted(store, id, admission.kind === 'joined', message)
  }
  if (admission.kind === 'joined') {
    return accepted(store, id, true, `joined ${id}, which was requested before`)
  }
  const message = isWaiting(store, id) ? waitMessage(store, id) : `${id} has started`
  return accepted(store, id, false, message)
}

function withReleaseQueue(
  state: EnvironmentState,
  { spec }: ReleaseRequest,
  requester?: Requester,
): EnvironmentState {
  return requester === undefined ? { ...state, releaseQueue: spec.taskQueues.release } : state
}

/** Rollbacks and overridden freezes are recorded as manual actions. */
function withManualAction(
  state: EnvironmentState,
  request: ReleaseRequest,
  release: string,
): EnvironmentState {
  const { requestedBy: by } = request
  const about = { by, release }
  if (request.kind === 'rollback') {
    const { reason } = request
    const why = reason === undefined ? {} : { reason }
    return noted(state, 'rollback', { ...about, ...why }, Date.now())
  }
  if (request.override === undefined) return state
  return noted(state, 'override', { ...about, ...request.override }, Date.now())
}

/** A running release is rolled back by cancelling it, unless `to` names another target. */
async function rollBack(
  store: EnvironmentStore,
  request: Partial<RollbackRequest>,
): Promise<Accepted> {
  validateRollback(store, request)
  const whole = rollbackRequest(store, request)
  const { to, reason, requestedBy: by } = whole
  const { running } = store
  if (running === undefined || to !== undefined) return admitRequest(store, whole)
  const { id } = running.release
  const why = reason === undefined ? {} : { reason }
  store.setState(noted(store.state, 'rollback', { by, release: id, ...why }, Date.now()))
  running.cancel()
  return accepted(store, id, true, `${id} is being rolled back`)
}

function validateRollback(store: EnvironmentStore, request: Partial<RollbackRequest>): void {
  const { running } = store
  if (running !== undefined && request.to === undefined) {
    if (running.release.kind === 'rollback') throw rejectUpdate(busyWith(running.release))
  } else validate(store, rollbackRequest(store, request))
}

function rollbackRequest(
  { state }: EnvironmentStore,
  { to, reason, requestedBy, spec }: Partial<RollbackRequest>,
): RollbackRequest {
  const known = spec ?? state.spec
  if (known === undefined) {
    throw rejectUpdate('nothing has been released here yet: there is nothing to roll back')
  }
  return {
    kind: 'rollback',
    spec: known,
    requestedBy: requestedBy ?? 'the Temporal UI or CLI',
    ...(to === undefined ? {} : { to }),
    ...(reason === undefined ? {} : { reason }),
  }
}

function isWaiting({ state }: EnvironmentStore, id: string): boolean {
  return state.waiting.some(({ input }) => input.id === id)
}

function waitMessage({ state, running }: EnvironmentStore, id: string): string {
  const reason = waitReasonOf(state, running?.release, id, Date.now())
  return `${id} ${waitText(reason, state.environment)}`
}

function accepted(
  { running }: EnvironmentStore,
  releaseId: string,
  joined: boolean,
  message: string,
): Accepted {
  const runId = running?.release.id === releaseId ? running.runId : undefined
  return { releaseId, joined, message, ...(runId === undefined ? {} : { runId }) }
}
