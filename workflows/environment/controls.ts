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
 * Carries out what people do by hand. An Update answers with what was done, or why not; a signal
 * answers nobody, and what became of it is written down.
 */
export function handleControls(store: EnvironmentStore): void {
  for (const kind of protocol.plainControls) {
    setHandler(
      protocol.controlUpdates[kind],
      uncancelled((body) => command(store, kind, body)),
    )
    setHandler(
      protocol.controlSignal(kind),
      uncancelled((body) => signalled(store, kind, body)),
    )
  }
  // Behind all others: what has a handler is not for this one.
  setDefaultSignalHandler((name) => nameless(store, name))
}

async function command(
  store: EnvironmentStore,
  kind: PlainControl,
  body: unknown,
): Promise<string> {
  const read = parseControl(kind, body)
  if (read.kind === 'malformed') throw rejectUpdate(read.reason)
  return carryOut(store, kind, read.request)
}

async function signalled(
  store: EnvironmentStore,
  kind: PlainControl,
  body: unknown,
): Promise<void> {
  const read = parseControl(kind, body)
  if (read.kind === 'malformed') {
    return store.setState(noted(store.state, kind, { by: read.by }, Date.now(), read.reason))
  }
  try {
    await carryOut(store, kind, read.request)
  } catch {
    // It is among the controls, with why it was refused.
  }
}

function nameless(store: EnvironmentStore, name: string): void {
  const known = [...protocol.plainControls, 'release', 'rollback'].toSorted().join(', ')
  const reason = `there is no control "${oneLine(name, 40)}"; there are ${known}`
  store.setState(noted(store.state, 'signal', { by: anonymous }, Date.now(), reason))
}

async function carryOut(
  store: EnvironmentStore,
  kind: PlainControl,
  request: ControlRequest,
): Promise<string> {
  // What is just being started cannot be told anything yet.
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
    await hold(store, running, toRunning, about, now)
  } else {
    store.setState(noted(effect.state, kind, about, now))
    if (toRunning === 'cancel') running?.cancel()
  }
  return message
}

/** Tells the release that runs, which may have come to its end at this very moment. */
async function hold(
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
    const late = `${id} had just come to its end`
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
