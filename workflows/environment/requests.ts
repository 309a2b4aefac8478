import { condition, setHandler } from '@temporalio/workflow'
import { admit } from './state/admission.ts'
import { endOf, withAsker } from './state/subscribers.ts'
import type { Asker, Accepted, ReleaseRequest, RollbackRequest } from '../../contract/requests.ts'
import { noted } from './state/controls.ts'
import { faultIn } from './state/parse-request.ts'
import type { DoorState } from './state/state.ts'
import { nextToStart } from './state/queue.ts'
import { busyWith } from '../../text/queue.ts'
import * as protocol from '../../contract/messages.ts'
import { refusal } from '../temporal/refusal.ts'
import type { Keeper } from './store.ts'
import { answerSignalledRequests } from './signalled-requests.ts'
import { uncancelled } from './uncancelled.ts'

/** Lets in those who ask for a release or a rollback, by Update or by signal, and answers them. */
export function answerRequests(keeper: Keeper): void {
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
  answerSignalledRequests(keeper, {
    enter: (request, asker) => enter(keeper, request, asker),
    goBack: (request) => goBack(keeper, request),
  })
}

/** What came further would be stumbled over in the workflow, which would try that for ever. */
function refuseMalformed(kind: 'release' | 'rollback', body: unknown): void {
  const fault = faultIn(kind, body)
  if (fault !== undefined) throw refusal(fault)
}

function check({ state, running }: Keeper, request: ReleaseRequest): void {
  const admission = admit(state, running?.release, request, Date.now())
  if (admission.kind === 'refused') throw refusal(admission.reason)
}

async function enter(keeper: Keeper, request: ReleaseRequest, asker?: Asker): Promise<Accepted> {
  const admission = admit(keeper.state, keeper.running?.release, request, Date.now())
  // Another request may have come in between the validator and this.
  if (admission.kind === 'refused') throw refusal(admission.reason)
  const { id } = admission
  const asked = withAsker(admission.state, asker, id)
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
  if (notStarted?.id === id) throw refusal(notStarted.reason)
  const over = endOf(keeper.state, keeper.running?.release, id)
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

function withQueue(state: DoorState, { target }: ReleaseRequest, asker?: Asker): DoorState {
  return asker === undefined ? { ...state, releaseQueue: target.queues.release } : state
}

/** Who went back or over a freeze, and why, is kept as everything is that people do by hand. */
function withNote(state: DoorState, request: ReleaseRequest, release: string): DoorState {
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
async function goBack(keeper: Keeper, request: Partial<RollbackRequest>): Promise<Accepted> {
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

function checkRollback(keeper: Keeper, request: Partial<RollbackRequest>): void {
  const { running } = keeper
  if (running !== undefined && request.to === undefined) {
    if (running.release.kind === 'rollback') throw refusal(busyWith(running.release))
  } else check(keeper, rollbackRequest(keeper, request))
}

function rollbackRequest(
  { state }: Keeper,
  { to, reason, requestedBy, target }: Partial<RollbackRequest>,
): RollbackRequest {
  const known = target ?? state.target
  if (known === undefined) {
    throw refusal('no release has run here yet: there is nothing to go back from')
  }
  return {
    kind: 'rollback',
    target: known,
    requestedBy: requestedBy ?? 'the Temporal UI or CLI',
    ...(to === undefined ? {} : { to }),
    ...(reason === undefined ? {} : { reason }),
  }
}

function isWaiting({ state }: Keeper, id: string): boolean {
  return state.waiting.some(({ input }) => input.id === id)
}

function waitsBecause({ state, running }: Keeper, id: string): string {
  const waiting = state.waiting.find(({ input }) => input.id === id)
  if (waiting?.approval?.kind === 'needed') return `${id} waits for an approval`
  return running === undefined
    ? `${id} waits for its turn`
    : `${id} waits: ${busyWith(running.release)}`
}

function accepted(
  { running }: Keeper,
  releaseId: string,
  joined: boolean,
  message: string,
): Accepted {
  const runId = running?.release.id === releaseId ? running.runId : undefined
  return { releaseId, joined, message, ...(runId === undefined ? {} : { runId }) }
}
