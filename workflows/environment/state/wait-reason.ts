import type { RunningRelease, WaitReason } from '../../../contract/environment.ts'
import { nextToStart } from './queue.ts'
import { freezeAt, type EnvironmentState } from './state.ts'

/**
 * Why a request waits: the first of the obstacles that has to go, those that a person can remove
 * first. `undefined` where it can start now, or does not wait.
 */
export function waitReasonOf(
  state: EnvironmentState,
  running: RunningRelease | undefined,
  id: string,
  now: number,
): WaitReason | undefined {
  const waiting = state.waiting.find(({ input }) => input.id === id)
  if (waiting === undefined) return undefined
  const { input, approval } = waiting
  const { request } = input
  if (request.kind !== 'rollback') {
    if (approval?.kind === 'needed') return { kind: 'approval', until: approval.until }
    const freeze = freezeAt(state, now)
    if (freeze !== undefined && request.override === undefined) return { kind: 'freeze', freeze }
  }
  if (running !== undefined) return { kind: 'running', release: running }
  const next = nextToStart(state, now)
  return next === undefined || next === waiting
    ? undefined
    : { kind: 'queue', behind: next.input.id }
}
