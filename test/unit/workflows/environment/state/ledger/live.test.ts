import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ReleasedService } from '../../../../../../contract/releases.ts'
import { releaseId, withEntry } from '../../../../../../workflows/environment/state/ledger.ts'
import { arn, deployOf, digestOf, specFor } from '../../../../../workflows/fixtures.ts'
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

describe('what is live after a rollback', () => {
  test('is the deploy that had made these revisions live, though others came between', () => {
    const ledger = ledgerOf(
      entry('aaaaaaa', both(8, 7)),
      entry('failed1', both(8, 6), rolledBack),
      entry('bbbbbbb', both(9, 8)),
      entry('again', both(9, 8), { kind: 'redeploy' }),
    )
    const { live } = withEntry(ledger, entry('back', both(8, 9), rollback))
    assert.equal(live?.id, 'aaaaaaa')
    assert.equal(live.services[0]?.rollbackTarget.taskDefinition, arn('api', 7))
  })

  test('is the rollback itself if nothing is known of the revisions, with no way further back', () => {
    const { live } = withEntry(second, entry('back', both(3, 9), rollback))
    assert.equal(live?.id, 'back')
    const ways = live.services.map(({ rollbackTarget }) => rollbackTarget)
    assert.deepEqual(
      ways,
      both(3, 9).map(({ rollbackTarget }) => ({ ...rollbackTarget, hasSucceeded: false })),
    )
  })

  test('is not an earlier deploy of the same task definition with other images', () => {
    const [api, worker] = both(8, 9)
    assert.ok(api && worker)
    const other = { ...api.revision, digests: { api: digestOf('api', 1) } }
    const back = entry('back', [{ ...api, revision: other }, worker], rollback)
    assert.equal(withEntry(second, back).live?.id, 'back')
  })

  test('is not an earlier deploy of which one image is another, or the task definition', () => {
    const [api] = both(8, 9)
    assert.ok(api)
    const digests = { api: digestOf('api', 8), proxy: digestOf('proxy', 8) }
    const earlier = entry('aaaaaaa', [{ ...api, revision: { ...api.revision, digests } }])
    for (const change of [
      { digests: { ...digests, proxy: digestOf('proxy', 1) } },
      { digests, taskDefinition: arn('api', 6) },
    ]) {
      const service: ReleasedService = { ...api, revision: { ...api.revision, ...change } }
      assert.equal(ledgerOf(earlier, entry('back', [service], rollback)).live?.id, 'back')
    }
  })

  test('stays after a redeploy', () => {
    const back = withEntry(second, entry('back', both(3, 9), rollback))
    const { live } = withEntry(back, entry('r', both(3, 3), { kind: 'redeploy' }))
    assert.equal(live?.id, 'back')
  })

  test('is not an earlier deploy that lacked a service', () => {
    const ledger = ledgerOf(entry('aaaaaaa', [released('api', 8, 7)]), entry('b', both(9, 8)))
    assert.equal(withEntry(ledger, entry('back', both(8, 9), rollback)).live?.id, 'back')
  })
})

describe('what is live', () => {
  test('is nothing before the first success', () => {
    const ledger = ledgerOf(entry('failed1', both(8, 7), rolledBack))
    assert.deepEqual(ledger, { releases: [entry('failed1', both(8, 7), rolledBack)] })
  })

  test('is a redeploy only where nothing was live', () => {
    assert.equal(ledgerOf(entry('r', both(8, 8), { kind: 'redeploy' })).live?.id, 'r')
    const after = withEntry(second, entry('r', both(9, 9), { kind: 'redeploy' }))
    assert.equal(after.live?.id, 'bbbbbbb')
  })

  test('says of each service which commit made it', () => {
    const since = { release: 'aaaaaaa', at: 1, commit: commitOf('aaaaaaa') }
    const { live } = ledgerOf(entry('aaaaaaa', both(8, 7)))
    assert.deepEqual(
      live?.services.map((service) => service.since),
      [since, since],
    )
    const { commit: _, ...withoutCommit } = entry('x', both(8, 7))
    assert.deepEqual(ledgerOf(withoutCommit).live?.services[0]?.since, { release: 'x', at: 1 })
  })

  test('has, of a service that a release left alone, what runs as its rollback target', () => {
    const { live } = withEntry(second, entry('ccccccc', [released('api', 10, 9)]))
    const {
      registered: _,
      service: __,
      ...running
    } = {
      ...revisionOf('worker', 9),
      registered: true,
    }
    const [, worker] = both(9, 8)
    const untouched = live?.services.find(({ name }) => name === 'worker')
    assert.deepEqual(untouched?.rollbackTarget, { ...worker?.rollbackTarget, ...running })
  })
})

describe('a copy of a deregistered revision', () => {
  const [api] = both(10, 9)
  assert.ok(api)
  const target = { ...api.rollbackTarget, taskDefinition: arn('api', 11), copyOf: arn('api', 9) }
  const failed = entry('ccccccc', [{ ...api, rollbackTarget: target }], rolledBack)

  test('replaces it in every release, as what ran and as what can be rolled back to', () => {
    const ledger = withEntry(
      ledgerOf(entry('bbbbbbb', both(9, 8)), entry('later', [released('api', 12, 9)], rolledBack)),
      failed,
    )
    const definitions = ledger.releases.map(({ services: [first] }) => [
      first?.revision.taskDefinition,
      first?.rollbackTarget.taskDefinition,
    ])
    assert.deepEqual(definitions, [
      [arn('api', 10), arn('api', 11)],
      [arn('api', 12), arn('api', 11)],
      [arn('api', 11), arn('api', 8)],
    ])
  })

  test('may come before anything is live', () => {
    const before = entry('x', [released('api', 9, 8)], rolledBack)
    const ledger = withEntry(ledgerOf(before), failed)
    assert.ok(!('live' in ledger))
    assert.equal(ledger.releases[1]?.services[0]?.revision.taskDefinition, arn('api', 11))
  })
})

test('an id counts on while it is taken, by an entry or otherwise', () => {
  const spec = specFor('queue')
  const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
  const id = 'release/production/rollback-20260102T030405Z'
  const request = { kind: 'rollback', spec, requestedBy: 'ann' } as const
  assert.equal(releaseId({ releases: [] }, request, now), id)
  assert.equal(releaseId(ledgerOf(entry(id, [])), request, now, [`${id}-2`]), `${id}-3`)
  const deploy = deployOf(spec)
  const first = releaseId({ releases: [] }, deploy, now)
  assert.equal(releaseId({ releases: [] }, deploy, now, ['other', first]), `${first}-2`)
})
