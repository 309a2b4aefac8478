import {
  condition,
  getExternalWorkflowHandle,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow'
import { control, noted } from './state/controls.ts'
import { type ControlRequest, type PlainControl } from '../../contract/requests.ts'
import { readBody, somebody } from './state/parse-control.ts'
import * as protocol from '../../contract/messages.ts'
import { refusal } from '../temporal/refusal.ts'
import type { Paused } from '../../contract/releases.ts'
import { oneLine } from '../../text/short.ts'
import type { Keeper, Running } from './store.ts'
import { uncancelled } from './uncancelled.ts'

/**
 * Carries out what people do by hand. An Update answers with what was done, or why not; a signal
 * answers nobody, and what became of it is written down.
 */
export function answerControls(keeper: Keeper): void {
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

async function command(keeper: Keeper, kind: PlainControl, body: unknown): Promise<string> {
  const read = readBody(kind, body)
  if (read.kind === 'malformed') throw refusal(read.reason)
  return carryOut(keeper, kind, read.request)
}

async function signalled(keeper: Keeper, kind: PlainControl, body: unknown): Promise<void> {
  const read = readBody(kind, body)
  if (read.kind === 'malformed') {
    return keeper.become(noted(keeper.state, kind, { by: read.by }, Date.now(), read.reason))
  }
  try {
    await carryOut(keeper, kind, read.request)
  } catch {
    // It is among the controls, with why it was refused.
  }
}

function nameless(keeper: Keeper, name: string): void {
  const known = [...protocol.plainControls, 'release', 'rollback'].toSorted().join(', ')
  const reason = `there is no control "${oneLine(name, 40)}"; there are ${known}`
  keeper.become(noted(keeper.state, 'signal', { by: somebody }, Date.now(), reason))
}

async function carryOut(
  keeper: Keeper,
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
    throw refusal(effect.reason)
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
  keeper: Keeper,
  running: Running,
  kind: 'pause' | 'resume',
  request: ControlRequest,
  at: number,
): Promise<void> {
  const { by, reason } = request
  const { id } = running.release
  const paused: Paused = { by, at, ...(reason === undefined ? {} : { reason }) }
  const child = getExternalWorkflowHandle(id, running.runId)
  try {
    if (kind === 'resume') await child.signal(protocol.goOnSignal)
    else await child.signal(protocol.holdSignal, paused)
  } catch {
    const late = `${id} had just come to its end`
    keeper.become(noted(keeper.state, kind, request, Date.now(), late))
    throw refusal(late)
  }
  const done = noted(keeper.state, kind, request, at)
  const now = keeper.running
  if (now?.release.id !== id) return keeper.become(done)
  const { paused: _, ...going } = now.release
  const release = kind === 'pause' ? { ...going, paused } : going
  keeper.become(done, { running: { ...now, release } })
}
