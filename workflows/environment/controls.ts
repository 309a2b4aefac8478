import {
  condition,
  getExternalWorkflowHandle,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow'
import { control, noted } from './state/controls.ts'
import { type ControlRequest, type PlainControl } from '../../contract/requests.ts'
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
export function handleControls(keeper: EnvironmentStore): void {
  for (const kind of protocol.plainControls) {
    setHandler(
      protocol.controlUpdates[kind],
      uncancelled((body) => command(keeper, kind, body)),
    )
    setHandler(
      protocol.controlSignal(kind),
      uncancelled((body) => signalled(keeper, kind, body)),
    )
  }
  // Behind all others: what has a handler is not for this one.
  setDefaultSignalHandler((name) => nameless(keeper, name))
}

async function command(
  keeper: EnvironmentStore,
  kind: PlainControl,
  body: unknown,
): Promise<string> {
  const read = parseControl(kind, body)
  if (read.kind === 'malformed') throw rejectUpdate(read.reason)
  return carryOut(keeper, kind, read.request)
}

async function signalled(
  keeper: EnvironmentStore,
  kind: PlainControl,
  body: unknown,
): Promise<void> {
  const read = parseControl(kind, body)
  if (read.kind === 'malformed') {
    return keeper.become(noted(keeper.state, kind, { by: read.by }, Date.now(), read.reason))
  }
  try {
    await carryOut(keeper, kind, read.request)
  } catch {
    // It is among the controls, with why it was refused.
  }
}

function nameless(keeper: EnvironmentStore, name: string): void {
  const known = [...protocol.plainControls, 'release', 'rollback'].toSorted().join(', ')
  const reason = `there is no control "${oneLine(name, 40)}"; there are ${known}`
  keeper.become(noted(keeper.state, 'signal', { by: anonymous }, Date.now(), reason))
}

async function carryOut(
  keeper: EnvironmentStore,
  kind: PlainControl,
  request: ControlRequest,
): Promise<string> {
  // What is just being started cannot be told anything yet.
  if (kind === 'pause' || kind === 'resume') {
    await condition(() => keeper.running === undefined || keeper.running.runId !== undefined)
  }
  const now = Date.now()
  const { state, running } = keeper
  const effect = control(state, running?.release, kind, request, now)
  if (effect.kind === 'refused') {
    keeper.become(noted(state, kind, request, now, effect.reason))
    throw rejectUpdate(effect.reason)
  }
  const { message, toRunning, release } = effect
  const about = release === undefined ? request : { ...request, release }
  if (running !== undefined && (toRunning === 'pause' || toRunning === 'resume')) {
    await hold(keeper, running, toRunning, about, now)
  } else {
    keeper.become(noted(effect.state, kind, about, now))
    if (toRunning === 'cancel') running?.cancel()
  }
  return message
}

/** Tells the release that runs, which may have come to its end at this very moment. */
async function hold(
  keeper: EnvironmentStore,
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
    keeper.become(noted(keeper.state, kind, request, Date.now(), late))
    throw rejectUpdate(late)
  }
  const done = noted(keeper.state, kind, request, at)
  const now = keeper.running
  if (now?.release.id !== id) return keeper.become(done)
  const { paused: _, ...going } = now.release
  const release = kind === 'pause' ? { ...going, paused } : going
  keeper.become(done, { running: { ...now, release } })
}
