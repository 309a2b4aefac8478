import { releaseId, resolveRollback } from './ledger.ts'
import { hasRoomFor, maxRequestBytes, maxRollbackBytes } from './room.ts'
import { withSubscription } from './subscribers.ts'
import type { ReleaseInput } from '../../../contract/releases.ts'
import type { RunningRelease } from '../../../contract/environment.ts'
import type { ReleaseRequest, Requester } from '../../../contract/requests.ts'
import { jsonBytes } from '../../../contract/size.ts'
import { busyWith } from '../../../text/queue.ts'
import { freezeAt, keptSuperseded, type EnvironmentState, type Waiting } from './state.ts'

/** The decision about a request. */
export type Admission =
  /** `retryable`: the environment is frozen or busy, and may admit the same request later. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly retryable: boolean }
  /** The release with this id was requested before, and does the same. */
  | { readonly kind: 'joined'; readonly id: string; readonly state: EnvironmentState }
  | {
      readonly kind: 'admitted'
      readonly state: EnvironmentState
      readonly id: string
      /** The running release must be cancelled first. */
      readonly cancelRunning: boolean
    }

/**
 * Decides about a request. A rollback goes to the front of the queue. A deploy joins one of the same
 * commit, else the policy of the environment decides. A redeploy joins one that waits. The requester,
 * if any, is subscribed to the end of the release.
 */
export function admit(
  state: EnvironmentState,
  running: RunningRelease | undefined,
  request: ReleaseRequest,
  now: number,
  requester?: Requester,
): Admission {
  const admission = admissionOf(state, running, request, now)
  if (admission.kind === 'rejected') return admission
  const subscribed = withSubscription(admission.state, requester, admission.id)
  const isRollback = request.kind === 'rollback'
  if (!isRollback && subscribed !== state && !hasRoomFor(subscribed, request)) {
    return { kind: 'rejected', ...rejectForNow(noRoom(state)) }
  }
  return { ...admission, state: subscribed }
}

function noRoom({ environment, waiting }: EnvironmentState): string {
  return (
    `${environment} has no room for another request: ${waiting.length} wait already. ` +
    `Try again when some of them have ended, or cancel them: slipway cancel ${environment} --release <id>`
  )
}

function admissionOf(
  state: EnvironmentState,
  running: RunningRelease | undefined,
  request: ReleaseRequest,
  now: number,
): Admission {
  const why = reasonToReject(state, running, request, now)
  if (why !== undefined) return { kind: 'rejected', ...why }
  const same = sameRelease(state, running, request)
  if (same !== undefined) {
    return { kind: 'joined', id: same, state: overridden(state, same, request) }
  }
  const input = inputOf(state, running, request, now)
  if (input === undefined) {
    return { kind: 'rejected', ...rejectForGood('there is nothing to roll back to') }
  }
  const { policy, supersedeRunning } = request.spec.admission
  const isDeploy = request.kind === 'deploy'
  const stays = (one: Waiting) =>
    !(isDeploy && policy === 'supersede' && one.input.request.kind === 'deploy')
  const gone = state.waiting.filter((one) => !stays(one))
  const kept = state.waiting.filter(stays)
  const mine: Waiting = { input, since: now, ...approvalFor(request, now) }
  const superseded = gone.map((one) => ({ id: one.input.id, by: input.id, at: now }))
  return {
    kind: 'admitted',
    id: input.id,
    cancelRunning:
      running !== undefined &&
      (request.kind === 'rollback' || (isDeploy && supersedeRunning && running.kind === 'deploy')),
    state: {
      ...state,
      spec: request.spec,
      waiting: request.kind === 'rollback' ? [mine, ...kept] : [...kept, mine],
      superseded: [...superseded, ...state.superseded].slice(0, keptSuperseded),
    },
  }
}

function reasonToReject(
  state: EnvironmentState,
  running: RunningRelease | undefined,
  request: ReleaseRequest,
  now: number,
): { readonly reason: string; readonly retryable: boolean } | undefined {
  const { project, environment, admission } = request.spec
  if (environment !== state.environment) {
    return rejectForGood(`this is environment ${state.environment}, not ${environment}`)
  }
  if (project !== state.project) {
    return rejectForGood(
      `environment ${state.environment} of this namespace belongs to project ${state.project}, ` +
        `not ${project}: give the environment another name, or use another namespace`,
    )
  }
  const bytes = jsonBytes(request)
  const most = request.kind === 'rollback' ? maxRollbackBytes : maxRequestBytes
  if (bytes > most) {
    return rejectForGood(
      `this request takes ${kibibytes(bytes)}, and an environment has room for ${kibibytes(most)}: move some of its services or images to a configuration of their own`,
    )
  }
  if (request.kind === 'rollback') {
    const found = resolveRollback(state.ledger, request.to)
    return found.kind === 'none' ? rejectForGood(found.reason) : undefined
  }
  const freeze = freezeAt(state, now)
  if (freeze !== undefined && request.override === undefined) {
    const end = freeze.until === undefined ? '' : ` until ${new Date(freeze.until).toISOString()}`
    return rejectForNow(
      `${state.environment} is frozen${end} by ${freeze.by} (${freeze.reason}): lift the freeze with ` +
        `"slipway unfreeze ${state.environment}", or override it with --override-freeze --reason`,
    )
  }
  if (admission.policy === 'reject' && sameRelease(state, running, request) === undefined) {
    if (running !== undefined) return rejectForNow(busyWith(running))
    const [next] = state.waiting
    if (next !== undefined) {
      return rejectForNow(`${next.input.id} waits already, and this environment has no queue`)
    }
  }
  return undefined
}

const kibibytes = (bytes: number) => `${Math.ceil(bytes / 1_024)} KiB`

const rejectForGood = (reason: string) => ({ reason, retryable: false })
const rejectForNow = (reason: string) => ({ reason, retryable: true })

/** The running or waiting release that does the same as this request. */
function sameRelease(
  { waiting }: EnvironmentState,
  running: RunningRelease | undefined,
  request: ReleaseRequest,
): string | undefined {
  if (request.kind === 'rollback') return undefined
  if (request.kind === 'redeploy') {
    return waiting.find(({ input }) => input.request.kind === 'redeploy')?.input.id
  }
  // A rebuild does more than a deploy of the same commit; a deploy may join a rebuild.
  const anew = request.rebuild !== undefined
  if (!anew && running?.kind === 'deploy' && running.commit === request.commit) return running.id
  return waiting.find(
    ({ input: { request: other, commit } }) =>
      other.kind === 'deploy' &&
      commit === request.commit &&
      (!anew || other.rebuild !== undefined),
  )?.input.id
}

/** A joining request that overrides the freeze makes the waiting release override it, too. */
function overridden(
  state: EnvironmentState,
  same: string,
  request: ReleaseRequest,
): EnvironmentState {
  if (request.kind === 'rollback' || request.override === undefined) return state
  const { override } = request
  return {
    ...state,
    waiting: state.waiting.map((one) => {
      const { input } = one
      if (input.id !== same || input.request.kind === 'rollback') return one
      return { ...one, input: { ...input, request: { ...input.request, override } } }
    }),
  }
}

function inputOf(
  state: EnvironmentState,
  running: RunningRelease | undefined,
  request: ReleaseRequest,
  now: number,
): ReleaseInput | undefined {
  const taken = [
    ...state.waiting.map(({ input }) => input.id),
    ...state.superseded.map((one) => one.id),
    ...(running === undefined ? [] : [running.id]),
  ]
  const id = releaseId(state.ledger, request, now, taken)
  switch (request.kind) {
    case 'deploy':
      return { id, request, commit: request.commit }
    case 'redeploy':
      return { id, request }
    case 'rollback': {
      const found = resolveRollback(state.ledger, request.to)
      if (found.kind === 'none') return undefined
      const { revisions, commit } = found
      return {
        id,
        request,
        ...(revisions === undefined ? {} : { revisions }),
        ...(commit === undefined ? {} : { commit }),
      }
    }
  }
}

function approvalFor(request: ReleaseRequest, now: number): Pick<Waiting, 'approval'> {
  const { approval } = request.spec.admission
  if (request.kind !== 'deploy' || approval === undefined) return {}
  return { approval: { kind: 'needed', until: now + approval.timeoutMs } }
}
