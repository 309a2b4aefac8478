import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { resolveRollback } from '../../../../../../workflows/environment/state/ledger.ts'
import { arn, digestOf } from '../../../../../workflows/fixtures.ts'
import { both, entry, ledgerOf, released } from './entries.ts'

const rolledBack = { outcome: 'rolled_back' } as const
const rollback = { kind: 'rollback' } as const
const commitOf = (id: string) => id.padEnd(40, '0')
const second = ledgerOf(entry('aaaaaaa', both(8, 7)), entry('bbbbbbb', both(9, 8)))

const revisionOf = (name: string, revision: number) => ({
  service: name,
  taskDefinition: arn(name, revision),
  digests: { [name]: digestOf(name, revision) },
})

const foundAfter = (...before: Parameters<typeof ledgerOf>) =>
  resolveRollback(ledgerOf(...before, entry('bbbbbbb', both(9, 8))), undefined)

describe('a rollback to what ran before', () => {
  test('has the revisions of the rollback targets, which it does not register', () => {
    assert.deepEqual(resolveRollback(second, undefined), {
      kind: 'found',
      revisions: [
        { ...revisionOf('api', 8), registered: false },
        { ...revisionOf('worker', 8), registered: false },
      ],
      commit: commitOf('aaaaaaa'),
    })
  })

  test('has no commit if no deploy made live exactly what ran before', () => {
    const unknown = [
      entry('aaaaaaa', [released('api', 8, 7), released('worker', 6, 5)]),
      entry('aaaaaaa', [released('api', 8, 7)]),
      entry('aaaaaaa', both(8, 7), rolledBack),
      entry('aaaaaaa', both(8, 7), { kind: 'redeploy' }),
    ]
    for (const one of unknown) {
      const { kind, ...rest } = foundAfter(one)
      assert.equal(kind, 'found')
      assert.deepEqual(Object.keys(rest), ['revisions'])
    }
    const { commit: _, ...withoutCommit } = entry('aaaaaaa', both(8, 7))
    assert.ok(!('commit' in foundAfter(withoutCommit)))
  })

  test('leaves out services that nothing has run before', () => {
    const [api, worker] = both(9, 8)
    assert.ok(api && worker)
    const unproven = {
      ...worker,
      rollbackTarget: { ...worker.rollbackTarget, hasSucceeded: false },
    }
    const found = resolveRollback(ledgerOf(entry('bbbbbbb', [api, unproven])), undefined)
    assert.ok(found.kind === 'found')
    assert.deepEqual(found.revisions, [{ ...revisionOf('api', 8), registered: false }])
    const nothing = ledgerOf(entry('bbbbbbb', [unproven]))
    assert.deepEqual(resolveRollback(nothing, undefined), {
      kind: 'none',
      reason: 'no release succeeded before bbbbbbb: there is nothing to roll back to',
    })
  })
})

describe('a rollback to a named release', () => {
  test('has the revisions and the commit of that release', () => {
    const { services } = entry('aaaaaaa', both(8, 7))
    for (const to of ['aaaaaaa', 'aaaaaaa000', commitOf('aaaaaaa')]) {
      assert.deepEqual(resolveRollback(second, to), {
        kind: 'found',
        revisions: services.map(({ revision }) => revision),
        commit: commitOf('aaaaaaa'),
      })
    }
    const { commit: _, ...withoutCommit } = entry('release/production/x', both(8, 7))
    assert.ok(!('commit' in resolveRollback(ledgerOf(withoutCommit), 'release/production/x')))
  })

  test('needs at least seven digits of the commit, from its beginning', () => {
    for (const to of ['aaaaaa', 'aaaaaaa1', '0000000']) {
      assert.deepEqual(resolveRollback(second, to), {
        kind: 'none',
        reason: `there is no release ${to} in the ledger; list them with: slipway releases`,
      })
    }
  })

  test('takes the one that succeeded of several of the same commit', () => {
    const commit = 'c'.repeat(40)
    const ledger = ledgerOf(
      entry('first', both(8, 7), { commit }),
      entry('again', both(9, 8), { commit, ...rolledBack }),
    )
    const found = resolveRollback(ledger, 'ccccccc')
    assert.ok(found.kind === 'found')
    assert.equal(found.revisions?.[0]?.taskDefinition, arn('api', 8))
  })

  test('is known by its id, whatever commits it and others have', () => {
    const { commit: _, ...withoutCommit } = entry('release/production/y', both(9, 8))
    const ledger = ledgerOf(
      entry('release/production/x', both(8, 7), { commit: 'd' }),
      withoutCommit,
    )
    const found = resolveRollback(ledger, 'release/production/x')
    assert.ok(found.kind === 'found')
    assert.equal(found.revisions?.[0]?.taskDefinition, arn('api', 8))
  })

  test('goes to no release that failed, or was no deploy', () => {
    const ledger = ledgerOf(
      entry('release/production/failed', both(8, 7), rolledBack),
      entry('release/production/back', both(8, 7), rollback),
    )
    assert.deepEqual(resolveRollback(ledger, 'release/production/failed'), {
      kind: 'none',
      reason:
        'release/production/failed ended as rolled_back: only a release that succeeded can be rolled back to',
    })
    assert.equal(resolveRollback(ledger, 'release/production/back').kind, 'none')
  })
})

const isLeftToEcs = (to: string) => resolveRollback({ releases: [] }, to).kind === 'found'

test('a revision is a name or an ARN with a number, and nothing around it', () => {
  const prefix = 'arn:aws-cn:ecs:cn-north-1:123456789012:task-definition/'
  const revisions = ['a:1', 'mailman_API-2:41', 'x'.repeat(255) + ':1', `${prefix}a:12`]
  for (const to of [...revisions, 'arn:aws:ecs:::task-definition/a:1']) {
    assert.ok(isLeftToEcs(to), to)
  }
  const others = ['a', ':1', 'a:', 'a:1b', 'a:x', 'a b:1', '/a:1', 'a:1 ', ' a:1', 'a.b:1']
  const arns = [`${prefix}a`, `x${prefix}a:1`, prefix.replace('ecs', 'ecr') + 'a:1']
  const more = ['x'.repeat(256) + ':1', 'arn::ecs:r:1:task-definition/a:1', `${prefix}${prefix}a:1`]
  const account = ['arn:aws:ecs:r:x:task-definition/a:1', 'arn:aws:ecs:a:b:1:task-definition/a:1']
  for (const to of [...others, ...arns, ...more, ...account]) assert.ok(!isLeftToEcs(to), to)
})
