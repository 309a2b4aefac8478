import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ControlRequest, PlainControl } from '../../../../../contract/controls.ts'
import type { Approval, LedgerEntry, RunningRelease } from '../../../../../contract/environment.ts'
import {
  control,
  noted,
  type ControlEffect,
} from '../../../../../workflows/environment/state/controls.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
  type Waiting,
} from '../../../../../workflows/environment/state/state.ts'
import { commit, deployOf, specFor } from '../../../../workflows/fixtures.ts'

const empty = newEnvironmentState('production', 'mailman')
const running: RunningRelease = { id: 'runs', kind: 'deploy', requestedBy: 'ci', startedAt: 0 }
const paused: RunningRelease = { ...running, paused: { by: 'ann', at: 1 } }
const spec = specFor('queue')

function waiting(id: string, approval?: Approval): Waiting {
  const one = { input: { id, request: deployOf(spec), commit }, since: 1 }
  return approval === undefined ? one : { ...one, approval }
}

const needed: Approval = { kind: 'needed', until: 100 }
const one = waiting('one', needed)
const two = waiting('two', needed)
const plain = waiting('plain')
const state: EnvironmentState = { ...empty, waiting: [one, two, plain] }

interface Given {
  readonly state?: EnvironmentState
  readonly runs?: RunningRelease | undefined
  readonly now?: number
}

function effectOf(kind: PlainControl, request: Partial<ControlRequest>, given: Given = {}) {
  const { state: before = state, runs, now = 5 } = given
  return control(before, runs, kind, { by: 'bob', ...request }, now)
}

function done(effect: ControlEffect): Extract<ControlEffect, { kind: 'done' }> {
  assert.ok(effect.kind === 'done', effect.kind === 'rejected' ? effect.reason : '')
  return effect
}

function reason(...asked: Parameters<typeof effectOf>): string {
  const effect = effectOf(...asked)
  assert.ok(effect.kind === 'rejected', effect.kind)
  return effect.reason
}

describe('a freeze', () => {
  test('holds until it is lifted, with who set it and why', () => {
    assert.deepEqual(effectOf('freeze', { reason: 'incident' }), {
      kind: 'done',
      state: { ...state, freeze: { by: 'bob', reason: 'incident', since: 5 } },
      message: 'production is frozen: only rollbacks are admitted',
    })
  })

  test('may have an end, and no reason', () => {
    assert.deepEqual(effectOf('freeze', { until: 60_000 }), {
      kind: 'done',
      state: {
        ...state,
        freeze: { by: 'bob', reason: 'no reason given', since: 5, until: 60_000 },
      },
      message: 'production is frozen until 1970-01-01T00:01:00.000Z: only rollbacks are admitted',
    })
  })

  test('must end later than now', () => {
    assert.equal(
      reason('freeze', { until: 5 }),
      'the end of the freeze, 1970-01-01T00:00:00.005Z, has passed',
    )
    assert.equal(effectOf('freeze', { until: 6 }).kind, 'done')
  })

  test('replaces one that holds, and none that has expired', () => {
    const frozen = { ...state, freeze: { by: 'ann', reason: 'x', since: 0, until: 1_000 } }
    assert.equal(
      done(effectOf('freeze', {}, { state: frozen })).message,
      'production is frozen: only rollbacks are admitted; this replaces the freeze until 1970-01-01T00:00:01.000Z by ann (x)',
    )
    assert.equal(
      done(effectOf('freeze', {}, { state: frozen, now: 1_000 })).message,
      'production is frozen: only rollbacks are admitted',
    )
  })

  test('can be lifted while it holds', () => {
    const freeze = { by: 'ann', reason: 'x', since: 0, until: 1_000 }
    const frozen = { ...state, freeze }
    assert.deepEqual(effectOf('unfreeze', {}, { state: frozen }), {
      kind: 'done',
      state,
      message: 'production is no longer frozen',
    })
    assert.equal(reason('unfreeze', {}), 'production is not frozen')
    assert.equal(reason('unfreeze', {}, { state: frozen, now: 1_000 }), 'production is not frozen')
  })
})

describe('an approval', () => {
  test('is given to the release that is named, and to no other', () => {
    const effect = done(effectOf('approve', { release: 'two' }))
    const given = { kind: 'given', by: 'bob', at: 5 } as const
    assert.deepEqual(effect.state, { ...state, waiting: [one, { ...two, approval: given }, plain] })
    assert.equal(effect.release, 'two')
  })

  test('needs a name where several wait for one', () => {
    assert.equal(
      reason('approve', {}),
      'several releases wait for an approval; give one with "release": one, two',
    )
    assert.equal(reason('reject', { release: 'plain' }), 'no plain waits for an approval')
    assert.equal(reason('reject', {}, { state: empty }), 'no release waits for an approval')
    const approved = { ...state, waiting: [waiting('one', { kind: 'given', by: 'a', at: 1 }), two] }
    assert.equal(done(effectOf('approve', {}, { state: approved })).release, 'two')
  })

  test('is needed no more after a rejection, which ends the release with its reason', () => {
    const effect = done(effectOf('reject', { release: 'two', reason: 'not today' }))
    assert.deepEqual(effect.state.waiting, [one, plain])
    assert.equal(effect.message, 'two is rejected')
    const [entry] = effect.state.ledger.releases
    assert.equal(entry?.outcome, 'rejected')
    assert.equal(entry.message, 'Rejected by bob (not today); nothing was changed.')
    const unsaid = done(effectOf('reject', { release: 'two' })).state.ledger.releases[0]
    assert.equal(unsaid?.message, 'Rejected by bob; nothing was changed.')
  })
})

describe('a cancellation', () => {
  test('of a release that waits ends it with the reason', () => {
    const effect = done(effectOf('cancel', { release: 'plain', reason: 'typo' }, { runs: running }))
    assert.deepEqual(effect.state.waiting, [one, two])
    assert.deepEqual(
      { ...effect, state: undefined },
      {
        kind: 'done',
        state: undefined,
        release: 'plain',
        message: 'plain is cancelled',
      },
    )
    const [entry] = effect.state.ledger.releases
    assert.equal(entry?.outcome, 'cancelled')
    assert.equal(entry.message, 'Cancelled by bob (typo) before it started.')
    const unsaid = done(effectOf('cancel', { release: 'plain' })).state.ledger.releases[0]
    assert.equal(unsaid?.message, 'Cancelled by bob before it started.')
  })

  test('of the release that runs goes to it, named or not', () => {
    for (const request of [{}, { release: 'runs' }]) {
      assert.deepEqual(effectOf('cancel', request, { runs: running }), {
        kind: 'done',
        state,
        message: 'runs is being cancelled',
        release: 'runs',
        toRunning: 'cancel',
      })
    }
  })

  test('of a release that is not here says what is', () => {
    assert.equal(
      reason('cancel', {}),
      'nothing runs in production; to cancel a waiting release, name it: one, two, plain',
    )
    assert.equal(reason('cancel', {}, { state: empty }), 'nothing runs in production')
    assert.equal(reason('cancel', { release: 'x' }), 'x neither runs nor waits in production')
    assert.equal(
      reason('cancel', { release: 'x' }, { runs: running }),
      'x neither runs nor waits in production; runs runs',
    )
    const ended: LedgerEntry = {
      id: 'ended',
      kind: 'deploy',
      requestedBy: 'ann',
      startedAt: 0,
      endedAt: 1,
      outcome: 'rolled_back',
      message: '',
      services: [],
    }
    const releases = [{ ...ended, id: 'newer', outcome: 'succeeded' } as const, ended]
    assert.equal(
      reason('cancel', { release: 'ended' }, { state: { ...state, ledger: { releases } } }),
      'ended has ended: rolled back',
    )
  })
})

describe('a pause', () => {
  test('goes to the release that runs, once', () => {
    assert.deepEqual(effectOf('pause', {}, { runs: running }), {
      kind: 'done',
      state,
      message: 'runs will pause before its next step, until it is resumed',
      release: 'runs',
      toRunning: 'pause',
    })
    assert.equal(reason('pause', {}, { runs: paused }), 'runs is already paused by ann')
  })

  test('ends when the release is resumed', () => {
    assert.deepEqual(effectOf('resume', { release: 'runs' }, { runs: paused }), {
      kind: 'done',
      state,
      message: 'runs continues',
      release: 'runs',
      toRunning: 'resume',
    })
    assert.equal(reason('resume', {}, { runs: running }), 'runs is not paused')
  })

  test('is none where the named release does not run', () => {
    for (const kind of ['pause', 'resume'] as const) {
      assert.equal(
        reason(kind, { release: 'x' }, { runs: running }),
        'x neither runs nor waits in production; runs runs',
      )
      assert.equal(
        reason(kind, { release: 'one' }, { runs: running }),
        'one has not started yet in production',
      )
      assert.match(reason(kind, {}), /^nothing runs in production/)
    }
  })
})

test('a control is recorded with what was given, done or rejected', () => {
  assert.deepEqual(noted(empty, 'freeze', { by: 'ann' }, 5).controls, [
    { kind: 'freeze', by: 'ann', at: 5 },
  ])
  const request = { by: 'ann', reason: 'x', release: 'one' }
  assert.deepEqual(noted(empty, 'cancel', request, 5, 'no such').controls, [
    { kind: 'cancel', by: 'ann', at: 5, reason: 'x', release: 'one', rejected: 'no such' },
  ])
})
