import {
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { environmentDetails } from './details.ts'
import { admit } from './door/admission.ts'
import { settle, withAsker, type Asker } from './door/asked.ts'
import { control, noted, type ControlRequest, type PlainControl } from './door/controls.ts'
import { readBody } from './door/read-body.ts'
import { readRequest } from './door/read-request.ts'
import { newDoor, type DoorState, type Waiting } from './door/state.ts'
import { statusOf } from './door/status.ts'
import { afterMoment, endWaiting, nextMoment, nextToStart, withoutWaiting } from './door/turn.ts'
import { busyWith } from './door/words.ts'
import { withEntry } from './ledger.ts'
import * as protocol from './protocol.ts'
import { messageOf } from './failure.ts'
import { refusal } from './refusal.ts'
import { entryOf, runningOf, startRelease } from './run-release.ts'
import { openTeller } from './tell.ts'
import type {
  Accepted,
  EnvironmentStatus,
  ReleaseInput,
  ReleaseRequest,
  RollbackRequest,
  RunningRelease,
} from './types.ts'

/** The input of an `environment` workflow; `state` is what it hands on when it continues as new. */
export interface EnvironmentInput {
  readonly environment: string
  readonly project: string
  readonly state?: DoorState
}

interface Running {
  readonly release: RunningRelease
  readonly scope: CancellationScope
  /** Absent until the child has started. */
  readonly runId?: string
}

/**
 * The one door of an environment: lock, queue and ledger. One release runs at a time. Every
 * decision is made by the pure functions of `door/`; this workflow holds the state, runs the next
 * release, and answers. It never ends: between two releases it continues as new when its history
 * has grown long, and hands on all it knows.
 */
export async function environment(input: EnvironmentInput): Promise<never> {
  const door = openDoor(input)
  setHandler(protocol.environmentStatus, () => door.status())
  setHandler(protocol.requestRelease, (request) => door.enter(request), {
    validator: (request) => door.check(request),
  })
  setHandler(
    protocol.requestRollback,
    (request?: Partial<RollbackRequest>) => door.goBack(request ?? {}),
    { validator: (request?: Partial<RollbackRequest>) => door.checkRollback(request ?? {}) },
  )
  setHandler(protocol.rollbackSignal, (body) => door.signalledBack(body))
  setHandler(protocol.releaseSignal, (body: unknown) => door.signalledRelease(body))
  for (const kind of protocol.plainControls) {
    setHandler(protocol.controlUpdates[kind], (body) => door.command(kind, body))
    setHandler(protocol.controlSignal(kind), (body) => door.signalled(kind, body))
  }
  while (!workflowInfo().continueAsNewSuggested) {
    const next = door.next()
    if (next === undefined) await door.somethingHappens()
    else await door.run(next)
  }
  // Between two releases, whether more of them wait or not: under a steady load there is no other
  // moment. What waits is handed on.
  door.close()
  await condition(() => allHandlersFinished() && !door.telling())
  return continueAsNew<typeof environment>(door.handOn())
}

function openDoor({ environment: name, project, state: handedOn }: EnvironmentInput) {
  let state = handedOn ?? newDoor(name, project)
  const teller = openTeller()
  let running: Running | undefined
  let changes = 0
  /** Nobody is started any more: the next run of this workflow does that. */
  let closing = false
  /** The last release that Temporal did not let start. */
  let notStarted: { readonly id: string; readonly reason: string } | undefined

  function become(
    after: DoorState,
    now: { readonly running: Running | undefined } = { running },
  ): void {
    running = now.running
    const settled = settle(after, running?.release)
    state = settled.state
    for (const { asker, fate } of settled.told) teller.tell(asker, fate)
    changes += 1
    setCurrentDetails(environmentDetails(status()))
  }

  const status = (): EnvironmentStatus => statusOf(state, running?.release)

  function next(): Waiting | undefined {
    const now = Date.now()
    if ((nextMoment(state) ?? Infinity) <= now) become(afterMoment(state, now))
    return nextToStart(state, now)
  }

  async function somethingHappens(): Promise<void> {
    const seen = changes
    const moment = nextMoment(state)
    const happened = () => changes !== seen || workflowInfo().continueAsNewSuggested
    if (moment === undefined) await condition(happened)
    else await condition(happened, Math.max(1, moment - Date.now()))
  }

  function check(request: ReleaseRequest): void {
    const admission = admit(state, running?.release, request, Date.now())
    if (admission.kind === 'refused') throw refusal(admission.reason)
  }

  async function enter(request: ReleaseRequest, asker?: Asker): Promise<Accepted> {
    const admission = admit(state, running?.release, request, Date.now())
    // Another request may have come in between the validator and this.
    if (admission.kind === 'refused') throw refusal(admission.reason)
    const { id } = admission
    if (admission.kind === 'admitted') {
      become(withAsker(admission.state, asker, id))
      if (admission.cancelRunning) running?.scope.cancel()
    } else if (asker !== undefined) become(withAsker(state, asker, id))
    // Whoever asks an idle environment is told how it went, not just that it was heard.
    if (running === undefined && nextToStart(state, Date.now())?.input.id === id) {
      await condition(() => !isWaiting(id) || closing)
    }
    await untilStarted(id)
    if (notStarted?.id === id) throw refusal(notStarted.reason)
    if (admission.kind === 'joined') return accepted(id, true, `joined ${id}, which does the same`)
    return accepted(id, false, isWaiting(id) ? waitsBecause(id) : `${id} has started`)
  }

  /** A release that is about to start gets its run id in a moment. */
  async function untilStarted(id: string): Promise<void> {
    await condition(() => running?.release.id !== id || running.runId !== undefined)
  }

  const isWaiting = (id: string) => state.waiting.some(({ input }) => input.id === id)

  function accepted(releaseId: string, joined: boolean, message: string): Accepted {
    const runId = running?.release.id === releaseId ? running.runId : undefined
    return { releaseId, joined, message, ...(runId === undefined ? {} : { runId }) }
  }

  function waitsBecause(id: string): string {
    if (
      state.waiting.some(({ input, approval }) => input.id === id && approval?.kind === 'needed')
    ) {
      return `${id} waits for an approval`
    }
    return running === undefined
      ? `${id} waits for its turn`
      : `${id} waits: ${busyWith(running.release)}`
  }

  function checkRollback(request: Partial<RollbackRequest>): void {
    if (running !== undefined && request.to === undefined) {
      if (running.release.kind === 'rollback') throw refusal(busyWith(running.release))
    } else check(rollbackRequest(request))
  }

  /** A release that runs is taken back by cancelling it, unless something else is named. */
  async function goBack(request: Partial<RollbackRequest>): Promise<Accepted> {
    checkRollback(request)
    const { to, reason, requestedBy } = rollbackRequest(request)
    become(
      noted(
        state,
        'rollback',
        { by: requestedBy, ...(reason === undefined ? {} : { reason }) },
        Date.now(),
      ),
    )
    if (running === undefined || to !== undefined) return enter(rollbackRequest(request))
    running.scope.cancel()
    return accepted(running.release.id, true, `${running.release.id} is being taken back`)
  }

  function rollbackRequest({
    to,
    reason,
    requestedBy,
    target,
  }: Partial<RollbackRequest>): RollbackRequest {
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

  /** A signal has nobody to answer to: what cannot be done is written down, and harms nothing. */
  async function signalledBack(body: unknown): Promise<void> {
    const read = readBody(body)
    if (read.kind === 'malformed') {
      return become(noted(state, 'rollback', { by: read.by }, Date.now(), read.reason))
    }
    const { by, reason } = read.request
    try {
      await goBack({
        requestedBy: by,
        ...(reason === undefined ? {} : { reason }),
        ...(read.to === undefined ? {} : { to: read.to }),
      })
    } catch (failure) {
      become(noted(state, 'rollback', read.request, Date.now(), messageOf(failure)))
    }
  }

  /** As an Update does it, for a workflow or a person that can send none. */
  async function signalledRelease(body: unknown): Promise<void> {
    const now = Date.now()
    const read = readRequest(body, state.target)
    const { replyTo } = read
    if (read.kind === 'malformed') {
      const { by, reason } = read
      if (replyTo !== undefined) teller.tell(replyTo, { kind: 'refused', reason, passing: false })
      return become(noted(state, 'release', { by }, now, reason))
    }
    const { request } = read
    const by = request.requestedBy
    const admission = admit(state, running?.release, request, now)
    if (admission.kind === 'refused') {
      const { reason, passing } = admission
      if (replyTo !== undefined) teller.tell(replyTo, { kind: 'refused', reason, passing })
      return become(noted(state, 'release', { by }, now, reason))
    }
    become(noted(state, 'release', { by, release: admission.id }, now))
    try {
      const { releaseId, message } = await enter(request, replyTo)
      if (replyTo !== undefined) teller.tell(replyTo, { kind: 'admitted', releaseId, message })
    } catch {
      // It could not be started: its end is in the ledger, and whoever asked is told of that.
    }
  }

  async function command(kind: PlainControl, body: unknown): Promise<string> {
    const read = readBody(body)
    if (read.kind === 'malformed') throw refusal(read.reason)
    return carryOut(kind, read.request)
  }

  async function signalled(kind: PlainControl, body: unknown): Promise<void> {
    const read = readBody(body)
    if (read.kind === 'malformed') {
      return become(noted(state, kind, { by: read.by }, Date.now(), read.reason))
    }
    try {
      await carryOut(kind, read.request)
    } catch {
      // It is among the controls, with why it was refused.
    }
  }

  async function carryOut(kind: PlainControl, request: ControlRequest): Promise<string> {
    const now = Date.now()
    const effect = control(state, running?.release, kind, request, now)
    if (effect.kind === 'refused') {
      become(noted(state, kind, request, now, effect.reason))
      throw refusal(effect.reason)
    }
    become(noted(effect.state, kind, request, now))
    if (effect.toRunning === 'cancel') running?.scope.cancel()
    else if (effect.toRunning !== undefined && running !== undefined) {
      const child = getExternalWorkflowHandle(running.release.id, running.runId)
      const { by, reason } = request
      if (effect.toRunning === 'resume') await child.signal(protocol.resumeSignal)
      else {
        await child.signal(protocol.pauseSignal, {
          by,
          at: now,
          ...(reason === undefined ? {} : { reason }),
        })
      }
    }
    return effect.message
  }

  async function run(waiting: Waiting): Promise<void> {
    const input = withLiveCommit(waiting.input)
    const startedAt = Date.now()
    const scope = new CancellationScope()
    const release = runningOf(input, startedAt)
    become(withoutWaiting(state, input.id), { running: { release, scope } })
    await scope.run(async () => {
      const child = await startRelease(input)
      if (child.kind === 'not started') {
        notStarted = { id: input.id, reason: child.reason }
        return become(endWaiting(state, waiting, Date.now(), 'rejected', child.reason), {
          running: undefined,
        })
      }
      become(state, { running: { release, scope, runId: child.runId } })
      const entry = await entryOf(input, startedAt, child.end)
      become({ ...state, ledger: withEntry(state.ledger, entry) }, { running: undefined })
    })
  }

  /** What is live when a redeploy starts is what it redeploys. */
  function withLiveCommit(input: ReleaseInput): ReleaseInput {
    const commit = state.ledger.live?.commit
    return input.request.kind === 'redeploy' && commit !== undefined ? { ...input, commit } : input
  }

  const handOn = (): EnvironmentInput => ({ environment: name, project, state })

  return {
    status,
    close: () => {
      closing = true
    },
    next,
    somethingHappens,
    check,
    enter,
    checkRollback,
    goBack,
    signalledBack,
    signalledRelease,
    telling: () => teller.busy(),
    command,
    signalled,
    run,
    handOn,
  }
}
