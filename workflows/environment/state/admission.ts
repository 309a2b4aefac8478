import { releaseId, resolveRollback } from './ledger.ts'
import type { ReleaseInput } from '../../../contract/releases.ts'
import type { RunningRelease } from '../../../contract/environment.ts'
import type { ReleaseRequest } from '../../../contract/requests.ts'
import { busyWith } from '../../../text/queue.ts'
import { freezeAt, keptSuperseded, type EnvironmentState, type Waiting } from './state.ts'

/** What becomes of a request. */
export type Admission =
  /** `retryable`: the environment is frozen or busy, and may let the same in later. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly retryable: boolean }
  /** The release with this id does the same already, or will. */
  | { readonly kind: 'joined'; readonly id: string; readonly state: EnvironmentState }
  | {
      readonly kind: 'admitted'
      readonly state: EnvironmentState
      readonly id: string
      /** The release that runs must make room. */
      readonly cancelRunning: boolean
    }

/**
 * Decides about a request. A rollback goes before everything that waits. A deploy joins one of the
 * same commit, and else does as the policy of the environment says; a redeploy joins one that
 * waits.
 */
export function admit(
  state: EnvironmentState,
  running: RunningRelease | undefined,
  request: ReleaseRequest,
  now: number,
): Admission {
  const why = reasonToRefuse(state, running, request, now)
  if (why !== undefined) return { kind: 'rejected', ...why }
  const twin = twinOf(state, running, request)
  if (twin !== undefined) {
    return { kind: 'joined', id: twin, state: overridden(state, twin, request) }
  }
  const input = inputOf(state, running, request, now)
  if (input === undefined) {
    return { kind: 'rejected', ...forGood('there is nothing to go back to') }
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
      (request.kind === 'rollback' ||
        (isDeploy && supersedeRunning && running.kind === 'deploy' && policy !== 'reject')),
    state: {
      ...state,
      spec: request.spec,
      waiting: request.kind === 'rollback' ? [mine, ...kept] : [...kept, mine],
      superseded: [...superseded, ...state.superseded].slice(0, keptSuperseded),
    },
  }
}

function reasonToRefuse(
  state: EnvironmentState,
  running: RunningRelease | undefined,
  request: ReleaseRequest,
  now: number,
): { readonly reason: string; readonly retryable: boolean } | undefined {
  const { project, environment, admission } = request.spec
  if (environment !== state.environment) {
    return forGood(`this is environment ${state.environment}, and not ${environment}`)
  }
  if (project !== state.project) {
    return forGood(
      `environment ${state.environment} of this namespace belongs to project ${state.project}, ` +
        `not ${project}: name the environment otherwise, or use a namespace of your own`,
    )
  }
  if (request.kind === 'rollback') {
    const found = resolveRollback(state.ledger, request.to)
    return found.kind === 'none' ? forGood(found.reason) : undefined
  }
  const freeze = freezeAt(state, now)
  if (freeze !== undefined && request.override === undefined) {
    const end = freeze.until === undefined ? '' : ` until ${new Date(freeze.until).toISOString()}`
    return forNow(
      `${state.environment} is frozen${end} by ${freeze.by} (${freeze.reason}): lift that with ` +
        `"slipway unfreeze ${state.environment}", or deploy over it with --override-freeze --reason`,
    )
  }
  if (admission.policy === 'reject' && twinOf(state, running, request) === undefined) {
    if (running !== undefined) return forNow(busyWith(running))
    const [next] = state.waiting
    if (next !== undefined) {
      return forNow(`${next.input.id} waits already, and this environment has no queue`)
    }
  }
  return undefined
}

const forGood = (reason: string) => ({ reason, retryable: false })
const forNow = (reason: string) => ({ reason, retryable: true })

/** The release that runs or waits for the very same thing. */
function twinOf(
  { waiting }: EnvironmentState,
  running: RunningRelease | undefined,
  request: ReleaseRequest,
): string | undefined {
  if (request.kind === 'rollback') return undefined
  if (request.kind === 'redeploy') {
    return waiting.find(({ input }) => input.request.kind === 'redeploy')?.input.id
  }
  // An image that is built anew is more than the same commit again; the other way round it is not.
  const anew = request.rebuild !== undefined
  if (!anew && running?.kind === 'deploy' && running.commit === request.commit) return running.id
  return waiting.find(
    ({ input: { request: other, commit } }) =>
      other.kind === 'deploy' &&
      commit === request.commit &&
      (!anew || other.rebuild !== undefined),
  )?.input.id
}

/** Who joins what waits for the end of a freeze, and has a reason not to, takes it along. */
function overridden(
  state: EnvironmentState,
  twin: string,
  request: ReleaseRequest,
): EnvironmentState {
  if (request.kind === 'rollback' || request.override === undefined) return state
  const { override } = request
  return {
    ...state,
    waiting: state.waiting.map((one) => {
      const { input } = one
      if (input.id !== twin || input.request.kind === 'rollback') return one
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
