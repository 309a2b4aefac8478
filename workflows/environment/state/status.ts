import type { ReleaseSending } from '../../../contract/notices.ts'
import type {
  EnvironmentStatus,
  RunningRelease,
  UnsentNotice,
  WaitingRelease,
} from '../../../contract/environment.ts'
import { receiverName } from './outbox.ts'
import type { EnvironmentState, Waiting } from './state.ts'

/** What the world may know of an environment: all but the targets that requests carry. */
export function statusOf(
  state: EnvironmentState,
  running: RunningRelease | undefined,
): EnvironmentStatus {
  const { environment, project, ledger, waiting, freeze, superseded, controls, undelivered } = state
  const unsent = (state.unsent ?? []).map(unsentNotice)
  return {
    environment,
    project,
    ...(ledger.live === undefined ? {} : { live: ledger.live }),
    ...(running === undefined ? {} : { running }),
    waiting: waiting.map(shown),
    ...(freeze === undefined ? {} : { freeze }),
    superseded,
    controls,
    releases: ledger.releases,
    ...(unsent.length === 0 ? {} : { unsent }),
    ...(undelivered === undefined ? {} : { undelivered }),
  }
}

function shown({ input: { id, request, commit }, since, approval }: Waiting): WaitingRelease {
  return {
    id,
    kind: request.kind,
    ...(commit === undefined ? {} : { commit }),
    ...(request.kind === 'deploy' ? { subject: request.subject } : {}),
    requestedBy: request.requestedBy,
    since,
    ...(approval === undefined ? {} : { approval }),
    ...('override' in request && request.override !== undefined
      ? { override: request.override.reason }
      : {}),
  }
}

function unsentNotice(sending: ReleaseSending): UnsentNotice {
  const { event, release, at: since } = sending.notice
  return { event, release, to: receiverName(sending), since }
}
