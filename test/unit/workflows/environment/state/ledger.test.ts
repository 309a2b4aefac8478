import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  releaseId,
  resolveRollback,
  withEntry,
  type Ledger,
} from '../../../../../workflows/environment/state/ledger.ts'
import { liveSince } from '../../../../../text/live-since.ts'
import { arn, commit, deployOf, specFor } from '../../../../workflows/fixtures.ts'
import { both, entry, ledgerOf, released } from './ledger/entries.ts'

const goesTo = (ledger: Ledger, to?: string) => {
  const found = resolveRollback(ledger, to)
  return found.kind === 'found' ? found.revisions?.map((one) => one.taskDefinition) : found.reason
}

const second = ledgerOf(entry('aaaaaaa', both(8, 7)), entry('bbbbbbb', both(9, 8)))

test('a rollback goes to what ran before the live release, and knows its commit', () => {
  assert.deepEqual(goesTo(second), [arn('api', 8), arn('worker', 8)])
  const found = resolveRollback(second, undefined)
  assert.equal(found.kind === 'found' && found.commit, 'aaaaaaa'.padEnd(40, '0'))
})

test('rolling back twice goes two releases back, not forth again', () => {
  const backOnce = withEntry(second, entry('rollback-1', both(8, 9), { kind: 'rollback' }))
  assert.equal(backOnce.live?.id, 'aaaaaaa')
  assert.deepEqual(goesTo(backOnce), [arn('api', 7), arn('worker', 7)])
  const backTwice = withEntry(backOnce, entry('rollback-2', both(7, 8), { kind: 'rollback' }))
  assert.match(String(goesTo(backTwice)), /nothing to roll back to/)
})

test('deploying again what is live does not change what a rollback goes to', () => {
  for (const again of [both(9, 9), [released('api', 9, 9)]]) {
    const { commit: same = '' } = second.live ?? {}
    const then = withEntry(second, entry('bbbbbbb-2', again, { commit: same }))
    assert.equal(then.live?.id, 'bbbbbbb')
    assert.equal(then.releases.length, 3)
    assert.deepEqual(goesTo(then), [arn('api', 8), arn('worker', 8)])
  }
})

const since = ({ live }: Ledger) => live?.services.map((one) => [one.since?.release, one.since?.at])

test('each service knows which release made it and since when it runs, also after going back', () => {
  const first = ledgerOf(entry('aaaaaaa', both(8, 7), { endedAt: 10 }))
  const apiOnly = withEntry(first, entry('bbbbbbb', [released('api', 9, 8)], { endedAt: 20 }))
  assert.deepEqual(since(apiOnly), [
    ['bbbbbbb', 20],
    ['aaaaaaa', 10],
  ])
  const back = withEntry(
    apiOnly,
    entry('rollback-1', [released('api', 8, 9)], { kind: 'rollback', endedAt: 30 }),
  )
  assert.deepEqual(since(back), [
    ['aaaaaaa', 30],
    ['aaaaaaa', 10],
  ])
  assert.equal(back.live === undefined ? 0 : liveSince(back.live), 30)
  const redeployed = withEntry(back, entry('r', both(8, 8), { kind: 'redeploy', endedAt: 40 }))
  assert.deepEqual(since(redeployed), since(back))
})

test('a release that did not succeed changes nothing about what is live', () => {
  const failed = withEntry(second, entry('ccccccc', both(10, 9), { outcome: 'rolled_back' }))
  assert.equal(failed.live?.id, 'bbbbbbb')
  assert.equal(failed.releases.length, 3)
})

test('a revision that was deregistered and gone back to goes on under the name of its copy', () => {
  const [api, worker] = both(10, 9)
  assert.ok(api && worker)
  const copied = {
    ...api,
    rollbackTarget: { ...api.rollbackTarget, taskDefinition: arn('api', 11) },
  }
  const failed = entry(
    'ccccccc',
    [{ ...copied, rollbackTarget: { ...copied.rollbackTarget, copyOf: arn('api', 9) } }, worker],
    { outcome: 'rolled_back' },
  )
  const then = withEntry(second, failed)
  assert.deepEqual(
    then.live?.services.map(({ revision }) => revision.taskDefinition),
    [arn('api', 11), arn('worker', 9)],
  )
  assert.deepEqual(goesTo(then, 'bbbbbbb'), [arn('api', 11), arn('worker', 9)])
  assert.deepEqual(goesTo(then), [arn('api', 8), arn('worker', 8)])
  const next = withEntry(then, entry('ddddddd', [released('api', 12, 11)]))
  assert.deepEqual(goesTo(next), [arn('api', 11), arn('worker', 9)])
})

test('a release of one service leaves the other as the live release had it', () => {
  const partly = withEntry(second, entry('ccccccc', [released('api', 10, 9)]))
  assert.deepEqual(goesTo(partly), [arn('api', 9), arn('worker', 9)])
})

test('an earlier release can be named by id or by its commit', () => {
  assert.deepEqual(goesTo(second, 'aaaaaaa'), [arn('api', 8), arn('worker', 8)])
  assert.deepEqual(goesTo(second, 'aaaaaaa0'), [arn('api', 8), arn('worker', 8)])
  assert.match(String(goesTo(second, 'eeeeeee')), /no release eeeeeee/)
  const failed = withEntry(second, entry('ccccccc', both(10, 9), { outcome: 'rolled_back' }))
  assert.match(String(goesTo(failed, 'ccccccc')), /ended as rolled_back/)
})

test('what the ledger cannot know is left to ECS: a revision, and what ran before the first release', () => {
  for (const to of [undefined, 'mailman-api:41', arn('api', 3)]) {
    assert.deepEqual(resolveRollback({ releases: [] }, to), { kind: 'found' })
  }
  assert.deepEqual(resolveRollback(second, 'mailman-api:3'), { kind: 'found' })
  assert.match(String(goesTo(second, 'mailman-api:latest')), /no release mailman-api:latest/)
})

test('going back to a revision of one service leaves the other as it was', () => {
  const partly = withEntry(
    second,
    entry('rollback-1', [released('api', 3, 9)], { kind: 'rollback' }),
  )
  assert.deepEqual(
    partly.live?.services.map(({ revision }) => revision.taskDefinition),
    [arn('api', 3), arn('worker', 9)],
  )
})

test('the ledger keeps the last fifty', () => {
  const many = ledgerOf(...Array.from({ length: 60 }, (_, index) => entry(`r${index}`, both(8, 7))))
  assert.equal(many.releases.length, 50)
  assert.equal(many.releases[0]?.id, 'r59')
})

test('an id says the commit, and is not used twice', () => {
  const request = deployOf(specFor('queue'))
  const first = releaseId({ releases: [] }, request, 0)
  assert.equal(first, `release/production/${commit.slice(0, 12)}`)
  assert.equal(releaseId(ledgerOf(entry(first, [])), request, 0), `${first}-2`)
  const back = releaseId(
    { releases: [] },
    { ...request, kind: 'redeploy' },
    Date.UTC(2026, 0, 2, 3, 4, 5),
  )
  assert.equal(back, 'release/production/redeploy-20260102T030405Z')
})
