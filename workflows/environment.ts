import {
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  log,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import type { Target } from '../config/target.ts'
import { environmentDetails } from './details.ts'
import { messageOf } from './failure.ts'
import { ledgerLength, releaseId, rollbackTarget, withEntry, type Ledger } from './ledger.ts'
import * as protocol from './protocol.ts'
import { busyWith, refusal } from './refusal.ts'
import { entryOf, runningOf, startRelease } from './run-release.ts'
import type {
  Accepted,
  EnvironmentStatus,
  LedgerEntry,
  ReleaseInput,
  ReleaseRequest,
  RollbackRequest,
  RunningRelease,
} from './types.ts'

/** The input of an `environment` workflow, and what it hands on when it continues as new. */
export interface EnvironmentInput {
  readonly environment: string
  readonly project: string
  readonly ledger?: Ledger
  /** Of the last release: a rollback asked for by a signal has no other way to know it. */
  readonly target?: Target
}

/** A request that was let in, until the release that it became has started. */
interface Admitted {
  readonly input: ReleaseInput
  accepted?: Accepted
  failed?: string
}

/**
 * The one door of an environment: lock and ledger. One release runs at a time; whatever else is
 * asked meanwhile is refused with the name of the one that runs. It never ends; it continues as
 * new between two releases when its history has grown long.
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
    {
      validator: (request?: Partial<RollbackRequest>) => door.checkRollback(request ?? {}),
    },
  )
  setHandler(protocol.rollbackSignal, (body) => door.signalled(body))
  setHandler(protocol.cancelSignal, () => door.cancel())
  for (;;) {
    await condition(() => door.hasWork() || workflowInfo().continueAsNewSuggested)
    if (door.hasWork()) await door.runNext()
    else {
      await condition(allHandlersFinished)
      await continueAsNew<typeof environment>(door.handOn())
    }
  }
}

function openDoor(input: EnvironmentInput) {
  let ledger: Ledger = input.ledger ?? { releases: [] }
  let target = input.target
  let waiting: Admitted | undefined
  let running:
    | {
        readonly release: RunningRelease
        readonly runId: string
        readonly scope: CancellationScope
      }
    | undefined

  function status(): EnvironmentStatus {
    return {
      environment: input.environment,
      project: input.project,
      ...(ledger.live === undefined ? {} : { live: ledger.live }),
      ...(running === undefined ? {} : { running: running.release }),
      releases: ledger.releases,
    }
  }

  /** Refuses what cannot be let in now. The same commit again joins the release that runs. */
  function check(request: ReleaseRequest): void {
    if (request.target.project !== input.project) {
      throw refusal(
        `environment ${input.environment} of this namespace belongs to project ${input.project}, ` +
          `not ${request.target.project}: name the environment otherwise, or use a namespace of your own`,
      )
    }
    if (joins(request)) return
    if (running !== undefined) throw refusal(busyWith(running.release))
    if (waiting !== undefined)
      throw refusal(`${waiting.input.id} is about to start; ask again when it has ended`)
    if (request.kind === 'rollback') {
      const found = rollbackTarget(ledger, request.to)
      if (found.kind === 'none') throw refusal(found.reason)
    }
  }

  function joins(request: ReleaseRequest): boolean {
    if (request.kind !== 'deploy') return false
    const { kind, commit } = running?.release ?? {
      kind: waiting?.input.request.kind,
      commit: waiting?.input.commit,
    }
    return kind === 'deploy' && commit === request.commit
  }

  async function enter(request: ReleaseRequest): Promise<Accepted> {
    // Another request may have come in between the validator and this.
    check(request)
    if (running !== undefined) return joined(running.release.id, running.runId)
    if (waiting !== undefined) {
      const other = await begun(waiting)
      return joined(other.releaseId, other.runId)
    }
    target = request.target
    waiting = { input: inputOf(request) }
    return begun(waiting)
  }

  async function begun(admitted: Admitted): Promise<Accepted> {
    await condition(() => admitted.accepted !== undefined || admitted.failed !== undefined)
    if (admitted.accepted !== undefined) return admitted.accepted
    throw refusal(admitted.failed ?? 'the release did not start')
  }

  function inputOf(request: ReleaseRequest): ReleaseInput {
    const id = releaseId(ledger, request, Date.now())
    switch (request.kind) {
      case 'deploy':
        return { id, request, commit: request.commit }
      case 'redeploy': {
        const commit = ledger.live?.commit
        return { id, request, ...(commit === undefined ? {} : { commit }) }
      }
      case 'rollback': {
        const found = rollbackTarget(ledger, request.to)
        if (found.kind === 'none') throw refusal(found.reason)
        const { revisions, commit } = found
        return { id, request, revisions, ...(commit === undefined ? {} : { commit }) }
      }
    }
  }

  function checkRollback(request: Partial<RollbackRequest>): void {
    if (running?.release.kind === 'rollback') throw refusal(busyWith(running.release))
    if (running !== undefined) {
      if (request.to === undefined) return
      throw refusal(
        `${busyWith(running.release)}; a rollback without --to takes that one back, and then an earlier one can be named`,
      )
    }
    check(rollbackRequest(request))
  }

  async function goBack(request: Partial<RollbackRequest>): Promise<Accepted> {
    checkRollback(request)
    if (running === undefined) return enter(rollbackRequest(request))
    const { release, runId, scope } = running
    scope.cancel()
    return {
      releaseId: release.id,
      runId,
      joined: true,
      message: `${release.id} is being taken back`,
    }
  }

  function rollbackRequest({
    to,
    reason,
    requestedBy,
    ...rest
  }: Partial<RollbackRequest>): RollbackRequest {
    const known = rest.target ?? target
    if (known === undefined)
      throw refusal('no release has run here yet: there is nothing to go back from')
    return {
      kind: 'rollback',
      target: known,
      requestedBy: requestedBy ?? 'the Temporal UI or CLI',
      ...(typeof to === 'string' ? { to } : {}),
      ...(typeof reason === 'string' ? { reason } : {}),
    }
  }

  /** A signal has nobody to answer to: what cannot be done is logged, and harms nothing. */
  async function signalled(body: protocol.RollbackSignal | undefined): Promise<void> {
    try {
      await goBack(typeof body === 'object' && body !== null ? body : {})
    } catch (failure) {
      log.warn('A rollback asked for by a signal was refused', { reason: messageOf(failure) })
    }
  }

  async function runNext(): Promise<void> {
    const admitted = waiting
    if (admitted === undefined) return
    const { input: release } = admitted
    const scope = new CancellationScope()
    const startedAt = Date.now()
    const end = await scope.run(async (): Promise<LedgerEntry | undefined> => {
      const child = await startRelease(release)
      // Not before: whoever asks while the child starts must find the door taken.
      waiting = undefined
      if (child.kind === 'not started') {
        admitted.failed = child.reason
        return undefined
      }
      const { runId } = child
      running = { release: runningOf(release, startedAt), runId, scope }
      admitted.accepted = {
        releaseId: release.id,
        runId,
        joined: false,
        message: `${release.id} has started`,
      }
      setCurrentDetails(environmentDetails(status()))
      return entryOf(release, startedAt, child.end)
    })
    running = undefined
    if (end !== undefined) ledger = withEntry(ledger, end)
    setCurrentDetails(environmentDetails(status()))
  }

  return {
    status,
    check,
    enter,
    checkRollback,
    goBack,
    signalled,
    runNext,
    cancel: () => running?.scope.cancel(),
    hasWork: () => waiting !== undefined,
    handOn: (): EnvironmentInput => ({
      environment: input.environment,
      project: input.project,
      ledger: { ...ledger, releases: ledger.releases.slice(0, ledgerLength) },
      ...(target === undefined ? {} : { target }),
    }),
  }
}

function joined(id: string, runId: string): Accepted {
  const message = `joined ${id}, which releases the same commit`
  return { releaseId: id, runId, joined: true, message }
}
