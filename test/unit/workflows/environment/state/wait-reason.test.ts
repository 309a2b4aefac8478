import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { RunningRelease } from '../../../../../contract/environment.ts'
import type { ReleaseRequest } from '../../../../../contract/requests.ts'
import { waitText } from '../../../../../text/wait-reason.ts'
import { nextToStart } from '../../../../../workflows/environment/state/queue.ts'
import {
  newEnvironmentState,
  type EnvironmentState,
  type Waiting,
} from '../../../../../workflows/environment/state/state.ts'
import { waitReasonOf } from '../../../../../workflows/environment/state/wait-reason.ts'
import { commit, deployOf, specFor } from '../../../../workflows/fixtures.ts'

const spec = specFor('queue')
const running: RunningRelease = { id: 'running', kind: 'deploy', requestedBy: 'ci', startedAt: 0 }
const freeze = { by: 'ann', reason: 'incident', since: 0, until: 100 }
const approval = { kind: 'needed', until: 50 } as const

const rollback: ReleaseRequest = { kind: 'rollback', spec, requestedBy: 'ann' }
const urgent: ReleaseRequest = { ...deployOf(spec), override: { reason: 'the site is down' } }

function waiting(id: string, request: ReleaseRequest, more: Partial<Waiting> = {}): Waiting {
  return { input: { id, request, commit }, since: 0, ...more }
}

function stateWith(all: readonly Waiting[], more: Partial<EnvironmentState> = {}) {
  return { ...newEnvironmentState('production', 'mailman'), waiting: all, ...more }
}

test('a request waits for what a person can remove first, then for the release that runs', () => {
  const needsApproval = stateWith([waiting('a', deployOf(spec), { approval })], { freeze })
  assert.deepEqual(waitReasonOf(needsApproval, running, 'a', 1), { kind: 'approval', until: 50 })
  const frozen = stateWith([waiting('a', deployOf(spec))], { freeze })
  assert.deepEqual(waitReasonOf(frozen, running, 'a', 1), { kind: 'freeze', freeze })
  assert.deepEqual(waitReasonOf(frozen, running, 'a', 100), { kind: 'running', release: running })
  assert.equal(waitReasonOf(frozen, undefined, 'a', 100), undefined)
})

test('neither a freeze nor an approval holds a rollback, nor a freeze a deploy that overrides it', () => {
  const state = stateWith([waiting('back', rollback), waiting('urgent', urgent)], { freeze })
  assert.equal(waitReasonOf(state, undefined, 'back', 1), undefined)
  assert.deepEqual(waitReasonOf(state, undefined, 'urgent', 1), { kind: 'queue', behind: 'back' })
})

test('what does not wait has no reason to', () => {
  assert.equal(waitReasonOf(stateWith([]), running, 'running', 1), undefined)
})

test('among all that wait, exactly the next one to start has nothing in its way', () => {
  const one = fc.record({
    request: fc.constantFrom<ReleaseRequest>(deployOf(spec), urgent, rollback),
    approval: fc.constantFrom(undefined, approval, { kind: 'given', by: 'bob', at: 1 } as const),
  })
  fc.assert(
    fc.property(fc.array(one, { maxLength: 6 }), fc.boolean(), (all, isFrozen) => {
      const state = stateWith(
        all.map(({ request, approval: given }, index) =>
          waiting(String(index), request, given === undefined ? {} : { approval: given }),
        ),
        isFrozen ? { freeze } : {},
      )
      const free = state.waiting.filter(
        ({ input }) => waitReasonOf(state, undefined, input.id, 1) === undefined,
      )
      const next = nextToStart(state, 1)
      assert.deepEqual(free, next === undefined ? [] : [next])
    }),
  )
})

test('each reason is a sentence that names what to wait for', () => {
  const until = Date.UTC(2026, 11, 24)
  const sentences = [
    waitText(undefined, 'production'),
    waitText({ kind: 'approval', until }, 'production'),
    waitText({ kind: 'freeze', freeze: { ...freeze, until } }, 'production'),
    waitText({ kind: 'running', release: running }, 'production'),
    waitText({ kind: 'queue', behind: 'release/production/9' }, 'production'),
  ]
  assert.deepEqual(sentences, [
    'is about to start',
    'waits for an approval until 2026-12-24 00:00 UTC: slipway approve production',
    'waits for the end at 2026-12-24 00:00 UTC of the freeze by ann (incident)',
    'waits: running is running (deploy, requested by ci, since 1970-01-01T00:00:00.000Z)',
    'waits its turn behind release/production/9',
  ])
})
