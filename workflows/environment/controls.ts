import {
  condition,
  getExternalWorkflowHandle,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow'
import { control, noted } from './state/controls.ts'
import { type ControlRequest, type PlainControl } from '../../contract/controls.ts'
import { parseControl, anonymous } from './state/parse-control.ts'
import * as protocol from '../../contract/messages.ts'
import { rejectUpdate } from '../temporal/reject-update.ts'
import type { Paused } from '../../contract/releases.ts'
import { oneLine } from '../../text/short.ts'
import type { EnvironmentStore, ActiveRelease } from './store.ts'
import { uncancelled } from './uncancelled.ts'

/**
 * Handles the controls. An Update returns what was done, or is rejected with the reason; a signal
 * returns nothing, and its result is recorded.
 */
export function handleControls(store: EnvironmentStore): void {
  for (const kind of protocol.plainControls) {
    setHandler(
      protocol.controlUpdates[kind],
      uncancelled((body) => handleUpdate(store, kind, body)),
    )
    setHandler(
      protocol.controlSignal(kind),
      uncancelled((body) => handleSignal(store, kind, body)),
    )
  }
  // Called only for signals without a handler of their own.
  setDefaultSignalHandler((name) => unknownSignal(store, name))
}

async function handleUpdate(
  store: EnvironmentStore,
  kind: PlainControl,
  body: unknown,
): Promise<string> {
  const parsed = parseControl(kind, body)
  if (parsed.kind === 'malformed') throw rejectUpdate(parsed.reason)
  return carryOut(store, kind, parsed.request)
}

async function handleSignal(
  store: EnvironmentStore,
  kind: PlainControl,
  body: unknown,
): Promise<void> {
  const parsed = parseControl(kind, body)
  if (parsed.kind === 'malformed') {
    return store.setState(noted(store.state, kind, { by: parsed.by }, Date.now(), parsed.reason))
  }
  try {
    await carryOut(store, kind, parsed.request)
  } catch {
    // Recorded among the controls with the reason.
  }
}

function unknownSignal(store: EnvironmentStore, name: string): void {
  const known = [...protocol.plainControls, 'release', 'rollback'].toSorted().join(', ')
  const reason = `there is no control "${oneLine(name, 40)}"; known controls: ${known}`
  store.setState(noted(store.state, 'signal', { by: anonymous }, Date.now(), reason))
}

async function carryOut(
  store: EnvironmentStore,
  kind: PlainControl,
  request: ControlRequest,
): Promise<string> {
  // A release that is just starting cannot receive signals yet.
  if (kind === 'pause' || kind === 'resume') {
    await condition(() => store.running === undefined || store.running.runId !== undefined)
  }
  const now = Date.now()
  const { state, running } = store
  const effect = control(state, running?.release, kind, request, now)
  if (effect.kind === 'rejected') {
    store.setState(noted(state, kind, request, now, effect.reason))
    throw rejectUpdate(effect.reason)
  }
  const { message, toRunning, release } = effect
  const about = release === undefined ? request : { ...request, release }
  if (running !== undefined && (toRunning === 'pause' || toRunning === 'resume')) {
    await pauseOrResume(store, running, toRunning, about, now)
  } else {
    store.setState(noted(effect.state, kind, about, now))
    if (toRunning === 'cancel') running?.cancel()
  }
  return message
}

/** Signals the running release, which may have ended at this very moment. */
async function pauseOrResume(
  store: EnvironmentStore,
  running: ActiveRelease,
  kind: 'pause' | 'resume',
  request: ControlRequest,
  at: number,
): Promise<void> {
  const { by, reason } = request
  const { id } = running.release
  const paused: Paused = { by, at, ...(reason === undefined ? {} : { reason }) }
  const child = getExternalWorkflowHandle(id, running.runId)
  try {
    if (kind === 'resume') await child.signal(protocol.resumeSignal)
    else await child.signal(protocol.pauseSignal, paused)
  } catch {
    const late = `${id} had just ended`
    store.setState(noted(store.state, kind, request, Date.now(), late))
    throw rejectUpdate(late)
  }
  const done = noted(store.state, kind, request, at)
  const now = store.running
  if (now?.release.id !== id) return store.setState(done)
  const { paused: _, ...going } = now.release
  const release = kind === 'pause' ? { ...going, paused } : going
  store.setState(done, { running: { ...now, release } })
}
