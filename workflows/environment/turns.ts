import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow'
import type { Waiting } from '../door/state.ts'
import { afterMoment, endWaiting, nextMoment, nextToStart, withoutWaiting } from '../door/turn.ts'
import { withEntry } from '../ledger.ts'
import { entryOf, runningOf, startRelease } from '../run-release.ts'
import type { ReleaseInput } from '../types.ts'
import { oneLine } from '../words.ts'
import type { Keeper } from './keeper.ts'

/** Runs what may start now to its end, or waits until something has happened. */
export async function runNext(keeper: Keeper): Promise<void> {
  const next = nextOf(keeper)
  if (next === undefined) await somethingHappens(keeper)
  else await run(keeper, next)
}

function nextOf(keeper: Keeper): Waiting | undefined {
  const now = Date.now()
  if ((nextMoment(keeper.state)?.at ?? Infinity) <= now)
    keeper.become(afterMoment(keeper.state, now))
  return nextToStart(keeper.state, now)
}

async function somethingHappens(keeper: Keeper): Promise<void> {
  const seen = keeper.changes
  const moment = nextMoment(keeper.state)
  const happened = () => keeper.changes !== seen || workflowInfo().continueAsNewSuggested
  if (moment === undefined) await condition(happened)
  else {
    const summary = oneLine(moment.what)
    await condition(happened, Math.max(1, moment.at - Date.now()), { summary })
  }
}

async function run(keeper: Keeper, waiting: Waiting): Promise<void> {
  const input = withLiveCommit(keeper, waiting.input)
  const startedAt = Date.now()
  const scope = new CancellationScope()
  const release = runningOf(input, startedAt)
  keeper.become(withoutWaiting(keeper.state, input.id), { running: { input, release, scope } })
  await scope.run(async () => {
    const child = await startRelease(input)
    if (child.kind === 'not started') {
      keeper.notStarted = { id: input.id, reason: child.reason }
      return keeper.become(
        endWaiting(keeper.state, waiting, Date.now(), 'rejected', child.reason),
        { running: undefined },
      )
    }
    keeper.become(keeper.state, { running: { input, release, scope, runId: child.runId } })
    const entry = await entryOf(input, startedAt, child.end)
    const { state } = keeper
    keeper.become({ ...state, ledger: withEntry(state.ledger, entry) }, { running: undefined })
  })
}

/** What is live when a redeploy starts is what it redeploys. */
function withLiveCommit({ state }: Keeper, input: ReleaseInput): ReleaseInput {
  const commit = state.ledger.live?.commit
  return input.request.kind === 'redeploy' && commit !== undefined ? { ...input, commit } : input
}
