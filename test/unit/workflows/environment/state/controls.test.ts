import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admit } from '../../../../../workflows/environment/state/admission.ts'
import { control } from '../../../../../workflows/environment/state/controls.ts'
import { type ControlRequest } from '../../../../../contract/controls.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
} from '../../../../../workflows/environment/state/state.ts'
import type { RunningRelease } from '../../../../../contract/environment.ts'
import { commit, deployOf, specFor } from '../../../../workflows/fixtures.ts'

const id = `release/production/${commit.slice(0, 12)}`
const running: RunningRelease = {
  id: 'release/production/running',
  kind: 'deploy',
  requestedBy: 'ci',
  startedAt: 0,
}
const rules = { policy: 'queue', supersedeRunning: false, freezes: [] } as const

/** An environment in which one deploy waits for its approval until 100. */
function withOneWaiting(): EnvironmentState {
  const careful = specFor('queue', { admission: { ...rules, approval: { timeoutMs: 100 } } })
  const admission = admit(
    newEnvironmentState('production', 'mailman'),
    undefined,
    deployOf(careful),
    0,
  )
  assert.ok(admission.kind === 'admitted')
  return admission.state
}

/** What is answered, whether it was done or not. */
function answer(
  state: EnvironmentState,
  kind: Parameters<typeof control>[2],
  {
    request,
    busy,
    now = 1,
  }: { request?: Partial<ControlRequest>; busy?: boolean; now?: number } = {},
): string {
  const runs = busy === true ? running : undefined
  const effect = control(state, runs, kind, { by: 'bob', ...request }, now)
  return effect.kind === 'done' ? effect.message : `no: ${effect.reason}`
}

test('a freeze says until when it holds, and whose it takes the place of', () => {
  const frozen = control(
    newEnvironmentState('production', 'mailman'),
    undefined,
    'freeze',
    { by: 'ann', reason: 'incident' },
    1,
  )
  assert.ok(frozen.kind === 'done')
  assert.equal(
    answer(frozen.state, 'freeze', { request: { until: 60_000 } }),
    'production is frozen until 1970-01-01T00:01:00.000Z: only rollbacks are admitted; this replaces the freeze by ann (incident)',
  )
  assert.match(
    answer(frozen.state, 'freeze', { request: { until: 1 } }),
    /^no: the end of the freeze, .*passed$/,
  )
})

test('an approval says what the release waits for then, and is not taken after its time', () => {
  const state = withOneWaiting()
  assert.equal(answer(state, 'approve'), `${id} is approved`)
  assert.match(
    answer(state, 'approve', { busy: true }),
    new RegExp(`^${id} is approved, and waits: ${running.id} is running \\(deploy, .*by ci`),
  )
  const frozen = { ...state, freeze: { by: 'ann', reason: 'incident', since: 0 } }
  assert.equal(
    answer(frozen, 'approve'),
    `${id} is approved, and waits for the end of the freeze by ann (incident)`,
  )
  assert.equal(answer(state, 'approve', { now: 100 }), 'no: no release waits for an approval')
  assert.equal(answer(state, 'reject', { now: 100 }), 'no: no release waits for an approval')
})

test('a cancel that finds nothing running names what waits, and of what has ended says how', () => {
  const state = withOneWaiting()
  assert.equal(
    answer(state, 'cancel'),
    `no: nothing runs in production; to cancel a waiting release, name it: ${id}`,
  )
  const rejected = control(state, undefined, 'reject', { by: 'bob' }, 1)
  assert.ok(rejected.kind === 'done')
  assert.equal(
    answer(rejected.state, 'cancel', { request: { release: id } }),
    `no: ${id} has ended: rejected`,
  )
  assert.equal(
    answer(state, 'pause', { request: { release: id } }),
    `no: ${id} has not started yet in production`,
  )
})

test('whatever is done names the release that it was about', () => {
  const state = withOneWaiting()
  for (const kind of ['approve', 'reject'] as const) {
    const effect = control(state, running, kind, { by: 'bob' }, 1)
    assert.equal(effect.kind === 'done' && effect.release, id)
  }
  for (const kind of ['cancel', 'pause'] as const) {
    const effect = control(state, running, kind, { by: 'bob' }, 1)
    assert.equal(effect.kind === 'done' && effect.release, running.id)
  }
})
