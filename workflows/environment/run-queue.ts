import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow'
import type { Waiting } from './state/state.ts'
import { afterMoment, endWaiting, nextMoment, nextToStart, withoutWaiting } from './state/queue.ts'
import { withEntry } from './state/ledger.ts'
import { entryOf, runningOf, startRelease } from './child-release.ts'
import type { ReleaseInput } from '../../contract/releases.ts'
import { oneLine } from '../../text/short.ts'
import type { Keeper } from './store.ts'

/** Runs what may start now to its end, or waits until something has happened. */
export async function runNext(keeper: Keeper): Promise<void> {
  const next = nextOf(keeper)
  if (next === undefined) await somethingHappens(keeper)
  else await run(keeper, next)
}

function nextOf(keeper: Keeper): Waiting | undefined {
  passMoments(keeper)
  return nextToStart(keeper.state, Date.now())
}

/** What happens by itself happens while a release runs, too. */
function passMoments(keeper: Keeper): void {
  const now = Date.now()
  if ((nextMoment(keeper.state)?.at ?? Infinity) <= now)
    keeper.become(afterMoment(keeper.state, now))
}

async function passMomentsUntil(keeper: Keeper, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await untilNextMoment(keeper, isOver)
    passMoments(keeper)
  }
}

async function somethingHappens(keeper: Keeper): Promise<void> {
  const seen = keeper.changes
  const happened = () => keeper.changes !== seen || workflowInfo().continueAsNewSuggested
  await untilNextMoment(keeper, happened)
}

/** Nobody waits longer than this at a time: a freeze may end in a year that no timer reaches. */
const longestTimerMs = 30 * 24 * 60 * 60_000

async function untilNextMoment(keeper: Keeper, or: () => boolean): Promise<void> {
  const moment = nextMoment(keeper.state)
  const changed = () => or() || nextMoment(keeper.state)?.at !== moment?.at
  if (moment === undefined) await condition(changed)
  else {
    const ms = Math.min(longestTimerMs, Math.max(1, moment.at - Date.now()))
    await condition(changed, ms, { summary: oneLine(moment.what) })
  }
}

async function run(keeper: Keeper, waiting: Waiting): Promise<void> {
  const input = withLiveCommit(keeper, waiting.input)
  const startedAt = Date.now()
  const scope = new CancellationScope()
  const release = runningOf(input, startedAt)
  let hasStarted = false
  let isOver = false
  let isUnwanted = false
  const cancel = () => {
    isUnwanted = true
    // What Temporal is just starting is cancelled when it is there, and not taken for refused.
    if (hasStarted) scope.cancel()
  }
  keeper.become(withoutWaiting(keeper.state, input.id), { running: { input, release, cancel } })
  const running = scope.run(async () => {
    const child = await startRelease(input)
    hasStarted = true
    if (isUnwanted) scope.cancel()
    if (child.kind === 'not started') {
      keeper.notStarted = { id: input.id, reason: child.reason }
      return keeper.become(
        endWaiting(keeper.state, waiting, Date.now(), 'rejected', child.reason),
        { running: undefined },
      )
    }
    keeper.become(keeper.state, { running: { input, release, cancel, runId: child.runId } })
    const entry = await entryOf(input, startedAt, child.end)
    const { state } = keeper
    keeper.become({ ...state, ledger: withEntry(state.ledger, entry) }, { running: undefined })
  })
  const over = running.finally(() => {
    isOver = true
  })
  await passMomentsUntil(keeper, () => isOver)
  await over
}

/** What is live when a redeploy starts is what it redeploys. */
function withLiveCommit({ state }: Keeper, input: ReleaseInput): ReleaseInput {
  const commit = state.ledger.live?.commit
  return input.request.kind === 'redeploy' && commit !== undefined ? { ...input, commit } : input
}
