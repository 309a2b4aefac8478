import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow'
import type { Waiting } from './state/state.ts'
import { afterTimer, endWaiting, nextTimer, nextToStart, withoutWaiting } from './state/queue.ts'
import { withEntry } from './state/ledger.ts'
import { entryOf, runningOf, startRelease } from './child-release.ts'
import type { ReleaseInput } from '../../contract/releases.ts'
import { oneLine } from '../../text/short.ts'
import type { EnvironmentStore } from './store.ts'

/** Runs what may start now to its end, or waits until something has happened. */
export async function runNext(keeper: EnvironmentStore): Promise<void> {
  const next = nextOf(keeper)
  if (next === undefined) await nextChange(keeper)
  else await run(keeper, next)
}

function nextOf(keeper: EnvironmentStore): Waiting | undefined {
  applyDueTimers(keeper)
  return nextToStart(keeper.state, Date.now())
}

/** What happens by itself happens while a release runs, too. */
function applyDueTimers(keeper: EnvironmentStore): void {
  const now = Date.now()
  if ((nextTimer(keeper.state)?.at ?? Infinity) <= now) keeper.become(afterTimer(keeper.state, now))
}

async function applyTimersUntil(keeper: EnvironmentStore, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await untilNextTimer(keeper, isOver)
    applyDueTimers(keeper)
  }
}

async function nextChange(keeper: EnvironmentStore): Promise<void> {
  const seen = keeper.changes
  const happened = () => keeper.changes !== seen || workflowInfo().continueAsNewSuggested
  await untilNextTimer(keeper, happened)
}

/** Nobody waits longer than this at a time: a freeze may end in a year that no timer reaches. */
const longestTimerMs = 30 * 24 * 60 * 60_000

async function untilNextTimer(keeper: EnvironmentStore, or: () => boolean): Promise<void> {
  const moment = nextTimer(keeper.state)
  const changed = () => or() || nextTimer(keeper.state)?.at !== moment?.at
  if (moment === undefined) await condition(changed)
  else {
    const ms = Math.min(longestTimerMs, Math.max(1, moment.at - Date.now()))
    await condition(changed, ms, { summary: oneLine(moment.what) })
  }
}

async function run(keeper: EnvironmentStore, waiting: Waiting): Promise<void> {
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
  await applyTimersUntil(keeper, () => isOver)
  await over
}

/** What is live when a redeploy starts is what it redeploys. */
function withLiveCommit({ state }: EnvironmentStore, input: ReleaseInput): ReleaseInput {
  const commit = state.ledger.live?.commit
  return input.request.kind === 'redeploy' && commit !== undefined ? { ...input, commit } : input
}
