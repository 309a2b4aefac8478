import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { deploymentInProgress } from '../../../rollout/deployment-in-progress.ts'
import { primaryOf, type Observation } from '../../../rollout/observation.ts'
import { history, shiftingHistory, type History } from './histories.ts'
import { begin, minute, playRelease, type Stage } from './play-history.ts'
import { playRollback } from './play-rollback.ts'
import { observeStage } from './simulated-observation.ts'
import { stuckHistory } from './stuck-histories.ts'

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 40)

const ends = ['succeeded', 'rolled_back', 'failed', 'replaced', 'timed_out']

test('whatever happens to a rollout, its verdict is true and final', (t) =>
  holdsFor(t, history, numRuns, release, ends))

test('the verdict is true and final when traffic shifts and somebody objects', (t) =>
  holdsFor(t, shiftingHistory, numRuns / 2, release, ends))

test('a release on top of a failed deployment has a true verdict, and goes back to what served', (t) =>
  holdsFor(t, stuckHistory, numRuns / 2, releaseAndRollBack, [
    'succeeded',
    'rolled_back',
    'failed',
  ]))

test('a service whose deployment is not in progress stays as it is until somebody acts', (t) =>
  holdsFor(t, fc.oneof(history, stuckHistory), numRuns / 2, leaveAlone, ['at rest', 'in progress']))

interface Played {
  readonly outcome: string
  /** How many observations were judged. */
  readonly steps: number
}

/** @param kinds outcomes of which each must occur if many histories are played */
async function holdsFor(
  t: TestContext,
  histories: fc.Arbitrary<History>,
  times: number,
  play: (given: History) => Promise<Played>,
  kinds: readonly string[],
): Promise<void> {
  const seen = new Map<string, number>()
  let judged = 0
  await fc.assert(
    fc.asyncProperty(histories, async (given) => {
      const { outcome, steps } = await play(given)
      judged += steps
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
    }),
    { numRuns: Math.ceil(times) },
  )
  t.diagnostic(`${judged} steps judged: ${JSON.stringify(Object.fromEntries(seen))}`)
  if (times < 1_000) return
  for (const kind of kinds) assert.ok((seen.get(kind) ?? 0) > 0, `no history ended as ${kind}`)
}

async function release(given: History): Promise<Played> {
  return await playRelease(await begin(given), given)
}

async function releaseAndRollBack(given: History): Promise<Played> {
  const stage = await begin(given)
  const served = lastSuccessful(stage)
  const inProgress = deploymentInProgress(observeStage(stage.played, given))
  assert.equal(inProgress, undefined, 'a deployment at rest would keep the release from starting')
  const { outcome, steps, ours } = await playRelease(stage, given)
  assert.notEqual(outcome, 'replaced', 'replaced, and nobody has deployed since')
  const { hasSucceeded, taskDefinition } = ours.rollbackTarget
  if (!hasSucceeded) {
    assert.equal(given.records, false, 'nothing to roll back to, although a deployment succeeded')
    return { outcome, steps }
  }
  assert.equal(taskDefinition, served, 'the rollback target is not what served')
  const rollback = await playRollback(stage.played, ours, given)
  assert.equal(rollback.outcome, 'succeeded', `${outcome}, but the rollback ${rollback.outcome}`)
  return { outcome, steps: steps + rollback.steps }
}

/** By what the engine itself knows. */
function lastSuccessful({ played }: Stage): string | undefined {
  const { serviceDeployments, revisions } = played.engine.state
  const last = Object.values(serviceDeployments).findLast(({ status }) => status === 'SUCCESSFUL')
  return revisions[last?.targetRevision ?? '']?.taskDefinition
}

async function leaveAlone(given: History): Promise<Played> {
  const { played } = await begin(given)
  const before = observeStage(played, given)
  if (deploymentInProgress(before) !== undefined) return { outcome: 'in progress', steps: 1 }
  const primary = primaryOf(before)
  // ECS tries on, but nothing runs that a release could break.
  if (primary?.rolloutState === 'IN_PROGRESS') return { outcome: 'no task runs', steps: 1 }
  let steps = 1
  await played.clock.advanceUntil(() => {
    steps += 1
    assert.deepEqual(stateOf(observeStage(played, given)), stateOf(before))
    return false
  }, 60 * minute)
  return { outcome: 'at rest', steps }
}

/** What changes if ECS goes on with a deployment: it replaces tasks that crash in any case. */
function stateOf({ service, serviceDeployments }: Observation) {
  const primary = primaryOf({ service })
  const records = serviceDeployments === 'unavailable' ? [] : serviceDeployments
  return {
    primary: [primary?.id, primary?.rolloutState],
    records: records.map(({ arn, status }) => [arn, status]),
  }
}
