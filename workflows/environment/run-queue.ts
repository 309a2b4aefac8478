import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow'
import type { Waiting } from './state/state.ts'
import { afterTimer, endWaiting, nextTimer, nextToStart, withoutWaiting } from './state/queue.ts'
import { withEntry } from './state/ledger.ts'
import { entryOf, runningOf, startRelease } from './child-release.ts'
import type { ReleaseInput } from '../../contract/releases.ts'
import { oneLine } from '../../text/short.ts'
import type { EnvironmentStore } from './store.ts'

/** Runs the next release to its end, or waits until something changes. */
export async function runNext(store: EnvironmentStore): Promise<void> {
  const next = nextOf(store)
  if (next === undefined) await nextChange(store)
  else await run(store, next)
}

function nextOf(store: EnvironmentStore): Waiting | undefined {
  applyDueTimers(store)
  return nextToStart(store.state, Date.now())
}

/** Approvals and freezes expire also while a release runs. */
function applyDueTimers(store: EnvironmentStore): void {
  const now = Date.now()
  if ((nextTimer(store.state)?.at ?? Infinity) <= now) store.setState(afterTimer(store.state, now))
}

async function applyTimersUntil(store: EnvironmentStore, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await untilNextTimer(store, isOver)
    applyDueTimers(store)
  }
}

async function nextChange(store: EnvironmentStore): Promise<void> {
  const seen = store.changes
  const happened = () => store.changes !== seen || workflowInfo().continueAsNewSuggested
  await untilNextTimer(store, happened)
}

/** A freeze may end later than a timer can: it is waited for in parts of at most this. */
const longestTimerMs = 30 * 24 * 60 * 60_000

async function untilNextTimer(store: EnvironmentStore, or: () => boolean): Promise<void> {
  const moment = nextTimer(store.state)
  const changed = () => or() || nextTimer(store.state)?.at !== moment?.at
  if (moment === undefined) await condition(changed)
  else {
    const ms = Math.min(longestTimerMs, Math.max(1, moment.at - Date.now()))
    await condition(changed, ms, { summary: oneLine(moment.what) })
  }
}

async function run(store: EnvironmentStore, waiting: Waiting): Promise<void> {
  const input = withLiveCommit(store, waiting.input)
  const startedAt = Date.now()
  const scope = new CancellationScope()
  const release = runningOf(input, startedAt)
  let hasStarted = false
  let isOver = false
  let isUnwanted = false
  const cancel = () => {
    isUnwanted = true
    // A child that is just starting is cancelled once it has started, not treated as rejected.
    if (hasStarted) scope.cancel()
  }
  store.setState(withoutWaiting(store.state, input.id), { running: { input, release, cancel } })
  const running = scope.run(async () => {
    const child = await startRelease(input)
    hasStarted = true
    if (isUnwanted) scope.cancel()
    if (child.kind === 'not started') {
      store.notStarted = { id: input.id, reason: child.reason }
      return store.setState(
        endWaiting(store.state, waiting, Date.now(), 'rejected', child.reason),
        { running: undefined },
      )
    }
    store.setState(store.state, { running: { input, release, cancel, runId: child.runId } })
    const entry = await entryOf(input, startedAt, child.end)
    const { state } = store
    store.setState({ ...state, ledger: withEntry(state.ledger, entry) }, { running: undefined })
  })
  const over = running.finally(() => {
    isOver = true
  })
  await applyTimersUntil(store, () => isOver)
  await over
}

/** A redeploy deploys what is live when it starts. */
function withLiveCommit({ state }: EnvironmentStore, input: ReleaseInput): ReleaseInput {
  const commit = state.ledger.live?.commit
  return input.request.kind === 'redeploy' && commit !== undefined ? { ...input, commit } : input
}
