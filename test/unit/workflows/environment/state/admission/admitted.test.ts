import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RunningRelease } from '../../../../../../contract/environment.ts'
import type { ReleaseRequest } from '../../../../../../contract/requests.ts'
import { admit } from '../../../../../../workflows/environment/state/admission.ts'
import {
  keptSuperseded,
  type EnvironmentState,
} from '../../../../../../workflows/environment/state/state.ts'
import {
  anotherCommit,
  arn,
  commit,
  deployOf,
  digestOf,
} from '../../../../../workflows/fixtures.ts'
import {
  admitted,
  after,
  anotherId,
  deploy,
  empty,
  id,
  redeploy,
  rollback,
  running,
  spec,
  specOf,
} from './requests.ts'
import { entry, ledgerOf, released } from '../ledger/entries.ts'

const live = entry('release/production/live', [released('api', 8, 7)], { commit: anotherCommit })

const kept = (request: ReleaseRequest) => {
  const { state } = admitted(after(deploy), request)
  return [state.waiting.length, state.superseded]
}

const idOf = (state: EnvironmentState, request: ReleaseRequest, runs?: RunningRelease) =>
  admitted(state, request, 5, runs).id

const cancels = (request: ReleaseRequest, runs: RunningRelease | undefined = running) =>
  admitted(empty, request, 5, runs).cancelRunning

describe('an admitted request', () => {
  test('waits with its approval, behind the others, and leaves its spec', () => {
    const careful = specOf({ policy: 'queue', approval: { timeoutMs: 10 } })
    const request = deployOf(careful, { commit: anotherCommit })
    const before = after(redeploy)
    assert.deepEqual(admit(before, undefined, request, 5), {
      kind: 'admitted',
      id: anotherId,
      cancelRunning: false,
      state: {
        ...before,
        spec: careful,
        waiting: [
          ...before.waiting,
          {
            input: { id: anotherId, request, commit: anotherCommit },
            since: 5,
            approval: { kind: 'needed', until: 15 },
          },
        ],
      },
    })
    const redone = admitted(empty, { ...redeploy, spec: careful })
    assert.ok(redone.state.waiting.every((one) => !('approval' in one)))
  })

  test('knows nothing of the ledger if it is a redeploy', () => {
    const { state } = admitted({ ...empty, ledger: ledgerOf(live) }, redeploy)
    assert.deepEqual(state.waiting[0]?.input, {
      id: 'release/production/redeploy-19700101T000000Z',
      request: redeploy,
    })
  })

  test('goes first if it is a rollback, with what the ledger knows of it', () => {
    const ledger = ledgerOf(live)
    const before = { ...after(deploy), ledger }
    const backId = 'release/production/rollback-19700101T000000Z'
    const { state } = admitted(before, rollback)
    assert.deepEqual(state.waiting[0]?.input, {
      id: backId,
      request: rollback,
      revisions: [
        {
          service: 'api',
          taskDefinition: arn('api', 7),
          digests: { api: digestOf('api', 7) },
          registered: false,
        },
      ],
    })
    assert.deepEqual(state.waiting.slice(1), before.waiting)
    const named = { ...rollback, to: anotherCommit }
    assert.equal(admitted(before, named).state.waiting[0]?.input.commit, anotherCommit)
    const unknown = admitted(empty, rollback).state.waiting[0]
    assert.deepEqual(unknown?.input, { id: backId, request: rollback })
  })

  test('supersedes deploys that wait where that is the policy, and only a deploy does', () => {
    const superseded = [{ id, by: anotherId, at: 5 }]
    assert.deepEqual(kept(deployOf(spec, { commit: anotherCommit })), [1, superseded])
    assert.deepEqual(kept(deployOf(specOf({ policy: 'queue' }), { commit: anotherCommit })), [
      2,
      [],
    ])
    assert.deepEqual(kept(redeploy), [2, []])
    assert.deepEqual(kept(rollback), [2, []])
  })

  test('is remembered as superseded among the last five hundred, the newest first', () => {
    const superseded = Array.from({ length: keptSuperseded }, (_, at) => ({
      id: `old-${at}`,
      by: 'x',
      at,
    }))
    const { state } = admitted(
      { ...after(deploy), superseded },
      deployOf(spec, { commit: anotherCommit }),
    )
    assert.equal(keptSuperseded, 500)
    assert.equal(state.superseded.length, keptSuperseded)
    assert.equal(state.superseded[0]?.id, id)
    assert.equal(state.superseded[1]?.id, 'old-0')
  })

  test('gets an id that no release had which waits, runs, was superseded or has ended', () => {
    const later = { ...deploy, rebuild: '2026' }
    const queue = specOf({ policy: 'queue' })
    assert.equal(idOf(empty, later), id)
    assert.equal(idOf(after(deployOf(queue)), { ...later, spec: queue }), `${id}-2`)
    assert.equal(idOf(empty, later, { ...running, id, commit }), `${id}-2`)
    const superseded = [{ id, by: anotherId, at: 1 }]
    assert.equal(idOf({ ...empty, superseded }, later), `${id}-2`)
    const ledger = ledgerOf({ ...live, id })
    assert.equal(idOf({ ...empty, ledger }, later), `${id}-2`)
  })

  test('has the running release cancelled if it is a rollback, or a deploy that may', () => {
    const eager = { supersedeRunning: true } as const
    const back: RunningRelease = { ...running, kind: 'rollback' }
    assert.equal(cancels(rollback), true)
    assert.equal(cancels(rollback, back), true)
    assert.equal(admitted(empty, rollback).cancelRunning, false)
    assert.equal(cancels(deploy), false)
    assert.equal(cancels(deployOf(specOf(eager))), true)
    assert.equal(cancels(deployOf(specOf({ ...eager, policy: 'queue' }))), true)
    assert.equal(cancels(deployOf(specOf(eager)), back), false)
    assert.equal(cancels({ ...redeploy, spec: specOf(eager) }), false)
  })
})
