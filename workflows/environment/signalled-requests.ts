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

/** The two ways in, as Updates take them. */
export interface RequestHandlers {
  readonly enter: (request: ReleaseRequest, requester: Requester | undefined) => Promise<Accepted>
  readonly goBack: (request: Partial<RollbackRequest>) => Promise<Accepted>
}

/** A signal has nobody to answer to: what cannot be done is written down, and harms nothing. */
export function handleSignalledRequests(store: EnvironmentStore, waysIn: RequestHandlers): void {
  setHandler(
    rollbackSignal,
    uncancelled((body) => signalledBack(store, waysIn, body)),
  )
  setHandler(
    releaseSignal,
    uncancelled((body: unknown) => signalledRelease(store, waysIn, body)),
  )
}

async function signalledBack(
  store: EnvironmentStore,
  { goBack }: RequestHandlers,
  body: unknown,
): Promise<void> {
  const read = parseControl('rollback', body)
  if (read.kind === 'malformed') {
    return store.setState(noted(store.state, 'rollback', { by: read.by }, Date.now(), read.reason))
  }
  const { by, reason } = read.request
  try {
    await goBack({
      requestedBy: by,
      ...(reason === undefined ? {} : { reason }),
      ...(read.to === undefined ? {} : { to: read.to }),
    })
  } catch (failure) {
    store.setState(
      noted(store.state, 'rollback', read.request, Date.now(), failureMessage(failure)),
    )
  }
}

/** As an Update does it, for a workflow or a person that can send none. */
async function signalledRelease(
  store: EnvironmentStore,
  { enter }: RequestHandlers,
  body: unknown,
): Promise<void> {
  const now = Date.now()
  const read = parseRequest(body, store.state.spec)
  const { replyTo } = read
  if (read.kind === 'malformed') {
    const { by, reason } = read
    if (replyTo !== undefined)
      store.sendStatus(replyTo, { kind: 'rejected', reason, retryable: false })
    return store.setState(noted(store.state, 'release', { by }, now, reason))
  }
  const { request } = read
  const by = request.requestedBy
  const admission = admit(store.state, store.running?.release, request, now)
  if (admission.kind === 'rejected') {
    const { reason, retryable } = admission
    if (replyTo !== undefined) store.sendStatus(replyTo, { kind: 'rejected', reason, retryable })
    return store.setState(noted(store.state, 'release', { by }, now, reason))
  }
  store.setState(noted(store.state, 'release', { by, release: admission.id }, now))
  try {
    const { releaseId, message } = await enter(request, replyTo)
    if (replyTo !== undefined) store.sendStatus(replyTo, { kind: 'admitted', releaseId, message })
  } catch {
    // It could not be started: its end is in the ledger, and whoever asked is told of that.
  }
}
