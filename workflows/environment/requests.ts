import { condition, setHandler } from '@temporalio/workflow'
import { admit } from './state/admission.ts'
import { endedStatusOf, withSubscription } from './state/subscribers.ts'
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
import { busyWith } from '../../text/queue.ts'
import * as protocol from '../../contract/messages.ts'
import { rejectUpdate } from '../temporal/reject-update.ts'
import type { EnvironmentStore } from './store.ts'
import { handleSignalledRequests } from './signalled-requests.ts'
import { uncancelled } from './uncancelled.ts'

/** Lets in those who ask for a release or a rollback, by Update or by signal, and answers them. */
export function handleRequests(keeper: EnvironmentStore): void {
  setHandler(
    protocol.requestRelease,
    uncancelled((request) => enter(keeper, request)),
    {
      validator(request) {
        refuseMalformed('release', request)
        check(keeper, request)
      },
    },
  )
  setHandler(
    protocol.requestRollback,
    uncancelled((request?: Partial<RollbackRequest>) => goBack(keeper, request ?? {})),
    {
      validator(request?: Partial<RollbackRequest>) {
        refuseMalformed('rollback', request ?? {})
        checkRollback(keeper, request ?? {})
      },
    },
  )
  handleSignalledRequests(keeper, {
    enter: (request, asker) => enter(keeper, request, asker),
    goBack: (request) => goBack(keeper, request),
  })
}

/** What came further would be stumbled over in the workflow, which would try that for ever. */
function refuseMalformed(kind: 'release' | 'rollback', body: unknown): void {
  const fault = faultIn(kind, body)
  if (fault !== undefined) throw rejectUpdate(fault)
}

function check({ state, running }: EnvironmentStore, request: ReleaseRequest): void {
  const admission = admit(state, running?.release, request, Date.now())
  if (admission.kind === 'refused') throw rejectUpdate(admission.reason)
}

async function enter(
  keeper: EnvironmentStore,
  request: ReleaseRequest,
  asker?: Requester,
): Promise<Accepted> {
  const admission = admit(keeper.state, keeper.running?.release, request, Date.now())
  // Another request may have come in between the validator and this.
  if (admission.kind === 'refused') throw rejectUpdate(admission.reason)
  const { id } = admission
  const asked = withSubscription(admission.state, asker, id)
  if (admission.kind === 'admitted') {
    keeper.become(withNote(withQueue(asked, request, asker), request, id))
    if (admission.cancelRunning) keeper.running?.cancel()
  } else if (asked !== keeper.state) keeper.become(withNote(asked, request, id))
  // Whoever asks an idle environment is told how it went, not just that it was heard.
  if (keeper.running === undefined && nextToStart(keeper.state, Date.now())?.input.id === id) {
    await condition(() => !isWaiting(keeper, id) || keeper.isClosing)
  }
  // A release that is about to start gets its run id in a moment.
  await condition(() => keeper.running?.release.id !== id || keeper.running.runId !== undefined)
  const { notStarted } = keeper
  if (notStarted?.id === id) throw rejectUpdate(notStarted.reason)
  const over = endedStatusOf(keeper.state, keeper.running?.release, id)
  if (over !== undefined) {
    const message = `${id} is over: ${over.message}`
    return accepted(keeper, id, admission.kind === 'joined', message)
  }
  if (admission.kind === 'joined') {
    return accepted(keeper, id, true, `joined ${id}, which does the same`)
  }
  const message = isWaiting(keeper, id) ? waitsBecause(keeper, id) : `${id} has started`
  return accepted(keeper, id, false, message)
}

function withQueue(
  state: EnvironmentState,
  { target }: ReleaseRequest,
  asker?: Requester,
): EnvironmentState {
  return asker === undefined ? { ...state, releaseQueue: target.queues.release } : state
}

/** Who went back or over a freeze, and why, is kept as everything is that people do by hand. */
function withNote(
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

/** A release that runs is taken back by cancelling it, unless something else is named. */
async function goBack(
  keeper: EnvironmentStore,
  request: Partial<RollbackRequest>,
): Promise<Accepted> {
  checkRollback(keeper, request)
  const whole = rollbackRequest(keeper, request)
  const { to, reason, requestedBy: by } = whole
  const { running } = keeper
  if (running === undefined || to !== undefined) return enter(keeper, whole)
  const { id } = running.release
  const why = reason === undefined ? {} : { reason }
  keeper.become(noted(keeper.state, 'rollback', { by, release: id, ...why }, Date.now()))
  running.cancel()
  return accepted(keeper, id, true, `${id} is being taken back`)
}

function checkRollback(keeper: EnvironmentStore, request: Partial<RollbackRequest>): void {
  const { running } = keeper
  if (running !== undefined && request.to === undefined) {
    if (running.release.kind === 'rollback') throw rejectUpdate(busyWith(running.release))
  } else check(keeper, rollbackRequest(keeper, request))
}

function rollbackRequest(
  { state }: EnvironmentStore,
  { to, reason, requestedBy, target }: Partial<RollbackRequest>,
): RollbackRequest {
  const known = target ?? state.target
  if (known === undefined) {
    throw rejectUpdate('no release has run here yet: there is nothing to go back from')
  }
  return {
    kind: 'rollback',
    target: known,
    requestedBy: requestedBy ?? 'the Temporal UI or CLI',
    ...(to === undefined ? {} : { to }),
    ...(reason === undefined ? {} : { reason }),
  }
}

function isWaiting({ state }: EnvironmentStore, id: string): boolean {
  return state.waiting.some(({ input }) => input.id === id)
}

function waitsBecause({ state, running }: EnvironmentStore, id: string): string {
  const waiting = state.waiting.find(({ input }) => input.id === id)
  if (waiting?.approval?.kind === 'needed') return `${id} waits for an approval`
  return running === undefined
    ? `${id} waits for its turn`
    : `${id} waits: ${busyWith(running.release)}`
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
