import assert from 'node:assert/strict'
import type { AdmissionSpec } from '../../../../../../contract/environment-spec.ts'
import type { RunningRelease } from '../../../../../../contract/environment.ts'
import type { ReleaseRequest, RollbackRequest } from '../../../../../../contract/requests.ts'
import { admit, type Admission } from '../../../../../../workflows/environment/state/admission.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
} from '../../../../../../workflows/environment/state/state.ts'
import { anotherCommit, commit, deployOf, specFor } from '../../../../../workflows/fixtures.ts'

/** Ids that deploys of the two commits of the fixtures get. */
export const id = `release/production/${commit.slice(0, 12)}`
export const anotherId = `release/production/${anotherCommit.slice(0, 12)}`

export const empty = newEnvironmentState('production', 'mailman')

export const running: RunningRelease = {
  id: 'release/production/running',
  kind: 'deploy',
  commit: 'f'.repeat(40),
  requestedBy: 'ci',
  startedAt: 0,
}

export function specOf(change: Partial<AdmissionSpec> = {}) {
  return specFor('queue', {
    admission: { policy: 'supersede', supersedeRunning: false, freezes: [], ...change },
  })
}

export const spec = specOf()
export const deploy = deployOf(spec)
export const redeploy: ReleaseRequest = { kind: 'redeploy', spec, requestedBy: 'schedule' }
export const rollback: RollbackRequest = { kind: 'rollback', spec, requestedBy: 'ann' }

export function admitted(
  state: EnvironmentState,
  request: ReleaseRequest,
  now = 5,
  runs?: RunningRelease,
): Extract<Admission, { kind: 'admitted' }> {
  const admission = admit(state, runs, request, now)
  assert.ok(admission.kind === 'admitted', JSON.stringify(admission))
  return admission
}

/** The state after these requests have been admitted at 0, 1, …. */
export function after(...requests: ReleaseRequest[]): EnvironmentState {
  return requests.reduce((state, request, at) => admitted(state, request, at).state, empty)
}
