import { setHandler } from '@temporalio/workflow'
import { admit } from './state/admission.ts'
import type {
  Requester,
  Accepted,
  ReleaseRequest,
  RollbackRequest,
} from '../../contract/requests.ts'
import { noted } from './state/controls.ts'
import { parseControl } from './state/parse-control.ts'
import { parseRequest } from './state/parse-request.ts'
import { failureMessage } from '../temporal/failure.ts'
import { releaseSignal, rollbackSignal } from '../../contract/messages.ts'
import type { EnvironmentStore } from './store.ts'
import { uncancelled } from './uncancelled.ts'

/** How the Updates handle the two kinds of requests. */
export interface RequestHandlers {
  readonly admitRequest: (
    request: ReleaseRequest,
    requester: Requester | undefined,
  ) => Promise<Accepted>
  readonly rollBack: (request: Partial<RollbackRequest>) => Promise<Accepted>
}

/** Signals return nothing: what cannot be done is recorded among the controls. */
export function handleSignalledRequests(store: EnvironmentStore, waysIn: RequestHandlers): void {
  setHandler(
    rollbackSignal,
    uncancelled((body) => signalledRollback(store, waysIn, body)),
  )
  setHandler(
    releaseSignal,
    uncancelled((body: unknown) => signalledRelease(store, waysIn, body)),
  )
}

async function signalledRollback(
  store: EnvironmentStore,
  { rollBack }: RequestHandlers,
  body: unknown,
): Promise<void> {
  const parsed = parseControl('rollback', body)
  if (parsed.kind === 'malformed') {
    return store.setState(
      noted(store.state, 'rollback', { by: parsed.by }, Date.now(), parsed.reason),
    )
  }
  const { by, reason } = parsed.request
  try {
    await rollBack({
      requestedBy: by,
      ...(reason === undefined ? {} : { reason }),
      ...(parsed.to === undefined ? {} : { to: parsed.to }),
    })
  } catch (failure) {
    store.setState(
      noted(store.state, 'rollback', parsed.request, Date.now(), failureMessage(failure)),
    )
  }
}

/** As the Update does it, for workflows and people that cannot send one. */
async function signalledRelease(
  store: EnvironmentStore,
  { admitRequest }: RequestHandlers,
  body: unknown,
): Promise<void> {
  const now = Date.now()
  const parsed = parseRequest(body, store.state.spec)
  const { replyTo } = parsed
  if (parsed.kind === 'malformed') {
    const { by, reason } = parsed
    if (replyTo !== undefined)
      store.sendStatus(replyTo, { kind: 'rejected', reason, retryable: false })
    return store.setState(noted(store.state, 'release', { by }, now, reason))
  }
  const { request } = parsed
  const by = request.requestedBy
  const admission = admit(store.state, store.running?.release, request, now, replyTo)
  if (admission.kind === 'rejected') {
    const { reason, retryable } = admission
    if (replyTo !== undefined) store.sendStatus(replyTo, { kind: 'rejected', reason, retryable })
    return store.setState(noted(store.state, 'release', { by }, now, reason))
  }
  store.setState(noted(store.state, 'release', { by, release: admission.id }, now))
  try {
    const { releaseId, message } = await admitRequest(request, replyTo)
    if (replyTo !== undefined) store.sendStatus(replyTo, { kind: 'admitted', releaseId, message })
  } catch {
    // It could not be started: the ledger has its end, and the requester receives that.
  }
}
