import { getExternalWorkflowHandle, setHandler } from '@temporalio/workflow'
import { control, noted, type ControlRequest, type PlainControl } from '../door/controls.ts'
import { readBody } from '../door/read-body.ts'
import * as protocol from '../protocol.ts'
import { refusal } from '../refusal.ts'
import type { Keeper } from './keeper.ts'

/**
 * Carries out what people do by hand. An Update answers with what was done, or why not; a signal
 * answers nobody, and what became of it is written down.
 */
export function answerControls(keeper: Keeper): void {
  for (const kind of protocol.plainControls) {
    setHandler(protocol.controlUpdates[kind], (body) => command(keeper, kind, body))
    setHandler(protocol.controlSignal(kind), (body) => signalled(keeper, kind, body))
  }
}

async function command(keeper: Keeper, kind: PlainControl, body: unknown): Promise<string> {
  const read = readBody(body)
  if (read.kind === 'malformed') throw refusal(read.reason)
  return carryOut(keeper, kind, read.request)
}

async function signalled(keeper: Keeper, kind: PlainControl, body: unknown): Promise<void> {
  const read = readBody(body)
  if (read.kind === 'malformed') {
    return keeper.become(noted(keeper.state, kind, { by: read.by }, Date.now(), read.reason))
  }
  try {
    await carryOut(keeper, kind, read.request)
  } catch {
    // It is among the controls, with why it was refused.
  }
}

async function carryOut(
  keeper: Keeper,
  kind: PlainControl,
  request: ControlRequest,
): Promise<string> {
  const now = Date.now()
  const { state, running } = keeper
  const effect = control(state, running?.release, kind, request, now)
  if (effect.kind === 'refused') {
    keeper.become(noted(state, kind, request, now, effect.reason))
    throw refusal(effect.reason)
  }
  keeper.become(noted(effect.state, kind, request, now))
  if (effect.toRunning === 'cancel') running?.scope.cancel()
  else if (effect.toRunning !== undefined && running !== undefined) {
    const child = getExternalWorkflowHandle(running.release.id, running.runId)
    const { by, reason } = request
    if (effect.toRunning === 'resume') await child.signal(protocol.resumeSignal)
    else {
      const why = reason === undefined ? {} : { reason }
      await child.signal(protocol.pauseSignal, { by, at: now, ...why })
    }
  }
  return effect.message
}
