import type { AddressedReleaseNotification } from '../../../contract/notifications.ts'
import type {
  EnvironmentStatus,
  RunningRelease,
  UnsentNotification,
  WaitReason,
  WaitingRelease,
} from '../../../contract/environment.ts'
import { referenceOf } from '../../release-reference.ts'
import { receiverName } from './outbox.ts'
import type { EnvironmentState, Waiting } from './state.ts'
import { waitReasonOf } from './wait-reason.ts'

/** The answer to the query `status`: everything except the specs of requests. */
export function statusOf(
  state: EnvironmentState,
  running: RunningRelease | undefined,
  now: number,
): EnvironmentStatus {
  const { environment, project, ledger, waiting, freeze, superseded, controls, undelivered } = state
  const unsent = (state.unsent ?? []).map(unsentNotification)
  return {
    environment,
    project,
    ...(ledger.live === undefined ? {} : { live: ledger.live }),
    ...(running === undefined ? {} : { running }),
    waiting: waiting.map((one) =>
      waitingRelease(one, waitReasonOf(state, running, one.input.id, now)),
    ),
    ...(freeze === undefined ? {} : { freeze }),
    superseded,
    controls,
    releases: ledger.releases,
    ...(unsent.length === 0 ? {} : { unsent }),
    ...(undelivered === undefined ? {} : { undelivered }),
  }
}

function waitingRelease(
  { input, since, approval }: Waiting,
  waitsFor: WaitReason | undefined,
): WaitingRelease {
  const { request } = input
  return {
    ...referenceOf(input),
    since,
    ...(waitsFor === undefined ? {} : { waitsFor }),
    ...(approval === undefined ? {} : { approval }),
    ...('override' in request && request.override !== undefined
      ? { override: request.override.reason }
      : {}),
  }
}

function unsentNotification(addressed: AddressedReleaseNotification): UnsentNotification {
  const { event, release, at: since } = addressed.notification
  return { event, release: release.id, to: receiverName(addressed), since }
}
