import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deregisterRevisions } from '../../../../activities/revisions/deregister.ts'
import {
  resolveRollback,
  type ResolveRollbackInput,
} from '../../../../activities/revisions/resolve-rollback.ts'
import { listRevisions } from '../../../../activities/revisions/list-revisions.ts'
import {
  resolveRollback as resolveInLedger,
  withEntry,
} from '../../../../workflows/environment/state/ledger.ts'
import { answersOf, recordsOf, revision, service, taskDefinition } from '../ecs-answers.ts'
import { awsError, fakeAws, type Answers } from '../fake-aws.ts'
import { failsAs, inActivity } from '../in-activity.ts'
import { digestA, digestB, registry, serviceNamed, specWith } from '../../environment-specs.ts'
import { entry, ledgerOf, released } from '../../workflows/environment/state/ledger/entries.ts'

const pinnedTo = (digest: string, number: number, changes: object = {}) =>
  taskDefinition(number, {
    containerDefinitions: [{ name: 'api', image: `${registry}/mailman-api@${digest}` }],
    ...changes,
  })

/** Revisions 1 (live) to 3. Revision 3 is deregistered; the registry has only digest A. */
function world(more: Answers = {}): Answers {
  const definitions: Record<string, object> = {
    [revision(1)]: pinnedTo(digestA, 1),
    'mailman-api:1': pinnedTo(digestA, 1),
    'mailman-api:2': pinnedTo(digestB, 2),
    'mailman-api:3': pinnedTo(digestA, 3, { status: 'INACTIVE' }),
    [revision(2)]: pinnedTo(digestB, 2),
  }
  return {
    ...answersOf(),
    DescribeTaskDefinition: ({ taskDefinition: wanted }) => {
      const found = definitions[String(wanted)]
      if (found === undefined) throw awsError('ClientException', 'Unable to describe')
      return { taskDefinition: found, tags: [{ key: 'slipway:commit', value: 'c'.repeat(40) }] }
    },
    DescribeRepositories: () => ({
      repositories: [{ repositoryUri: `${registry}/mailman-api` }],
    }),
    DescribeImages: ({ imageIds }) => {
      const [{ imageDigest = '' } = {}] = imageIds as { imageDigest?: string }[]
      if (imageDigest !== digestA) throw awsError('ImageNotFoundException')
      return { imageDetails: [{ imageDigest }] }
    },
    ...more,
  }
}

const resolve = (input: Partial<ResolveRollbackInput>, answers = world()) =>
  inActivity(() => resolveRollback(fakeAws(answers).clients, { spec: specWith(), ...input }))

const revisionsOf = (number: number, registered = false) => [
  { service: 'api', taskDefinition: revision(number), digests: {}, registered },
]

describe('the revisions of a rollback', () => {
  test('are the requested revision, with the digest that it is pinned to', async () => {
    assert.deepEqual(await resolve({ to: 'mailman-api:1' }), [
      { service: 'api', taskDefinition: revision(1), digests: { api: digestA }, registered: false },
    ])
  })

  test('are rejected with a reason of their own if they cannot run', async () => {
    const cases: readonly (readonly [to: string, why: RegExp])[] = [
      ['mailman-api:9', /There is no task definition mailman-api:9/],
      ['mailman-api:3', /mailman-api:3 is INACTIVE: .* slipway deploy production --commit ccc/],
      ['mailman-worker:1', /family "mailman-worker", which no service of production runs/],
      ['mailman-api:2', /mailman-api:2 runs image .*gone from the registry/],
    ]
    for (const [to, why] of cases)
      await assert.rejects(resolve({ to }), failsAs('PreconditionFailed', why))
  })

  test('are checked even if they come from the ledger', async () => {
    const [good] = await resolve({ revisions: revisionsOf(1) })
    assert.equal(good?.taskDefinition, revision(1))
    await assert.rejects(
      resolve({ revisions: revisionsOf(2) }),
      failsAs('PreconditionFailed', 'gone from the registry'),
    )
  })

  test('are the last that succeeded before the live ones if the ledger is empty', async () => {
    const live = service({
      taskDefinition: revision(2),
      deployments: [{ ...service().deployments[0], taskDefinition: revision(2) }],
    })
    const answers = {
      ...world(answersOf({ service: live })),
      ...world(),
      DescribeServices: () => ({ services: [live] }),
      ...recordsOf(
        { status: 'SUCCESSFUL', taskDefinition: revision(2) },
        { status: 'ROLLBACK_SUCCESSFUL', taskDefinition: 'mailman-api:3' },
        { status: 'SUCCESSFUL', taskDefinition: revision(1) },
      ),
    }
    assert.deepEqual(
      (await resolve({}, answers)).map((one) => one.taskDefinition),
      [revision(1)],
    )
    await assert.rejects(
      resolve({}),
      failsAs('PreconditionFailed', 'There is nothing to roll back to'),
    )
  })
})

test('a rollback to what ran beside a sidecar makes that release live again', async () => {
  const [first, second] = [released('api', 1, 0), released('api', 2, 1)]
  const pinned = { ...first.revision, digests: { api: digestA } }
  // As ECS reports it, and as ledgers have kept it.
  const ran = { ...second.rollbackTarget, digests: { api: digestA, agent: digestB } }
  const ledger = ledgerOf(
    entry('aaaaaaa', [{ ...first, revision: pinned }]),
    entry('bbbbbbb', [{ ...second, rollbackTarget: ran }]),
  )
  const found = resolveInLedger(ledger, undefined)
  assert.ok(found.kind === 'found' && found.revisions !== undefined)
  const [back] = await resolve({ revisions: found.revisions })
  assert.ok(back)
  assert.deepEqual(back.digests, { api: digestA })
  const after = entry('back', [{ ...first, revision: back }], { kind: 'rollback' })
  assert.equal(withEntry(ledger, after).live?.id, 'aaaaaaa')
})

describe('the revisions of a service', () => {
  test('are listed with their digests, their status, the live one and the rollback target', async () => {
    const answers = {
      ...world(),
      ListTaskDefinitions: () => ({
        taskDefinitionArns: [revision(2), revision(1), revision(7, 'mailman-api-migrate')],
      }),
      ...recordsOf(
        { status: 'SUCCESSFUL', taskDefinition: revision(1) },
        { status: 'SUCCESSFUL', taskDefinition: revision(2) },
      ),
    }
    const revisions = await inActivity(() =>
      listRevisions(fakeAws(answers).clients, {
        spec: specWith(),
        service: serviceNamed('api'),
      }),
    )
    assert.deepEqual(
      revisions.map(
        ({ taskDefinition: arn, digests, isLive, isRollbackTarget, deployment, commit }) => [
          arn,
          digests['api'],
          isLive,
          isRollbackTarget,
          deployment,
          commit?.slice(0, 3),
        ],
      ),
      [
        [revision(2), digestB, false, true, 'SUCCESSFUL', 'ccc'],
        [revision(1), digestA, true, false, 'SUCCESSFUL', 'ccc'],
      ],
    )
  })
})

test('the live revision of a service is the one that serves, not one that failed', async () => {
  const [live] = service().deployments
  const failed = { ...live, id: 'ecs-svc/2', taskDefinition: revision(2), rolloutState: 'FAILED' }
  const stuck = service({ deployments: [failed, { ...live, status: 'ACTIVE' }] })
  const answers = {
    ...world(),
    DescribeServices: () => ({ services: [stuck] }),
    ListTaskDefinitions: () => ({ taskDefinitionArns: [revision(2), revision(1)] }),
    ...recordsOf(
      { status: 'STOPPED', taskDefinition: revision(2) },
      { status: 'SUCCESSFUL', taskDefinition: revision(1) },
    ),
  }
  const which = { spec: specWith(), service: serviceNamed('api') }
  const revisions = await inActivity(() => listRevisions(fakeAws(answers).clients, which))
  assert.deepEqual(
    revisions.map(({ taskDefinition: arn, isLive }) => [arn, isLive]),
    [
      [revision(2), false],
      [revision(1), true],
    ],
  )
  const [target] = await resolve({}, answers)
  assert.equal(target?.taskDefinition, revision(1))
})

const deregister = async (number: number) => {
  const aws = fakeAws({ ...world(), DeregisterTaskDefinition: () => ({}) })
  const said = await inActivity(() =>
    deregisterRevisions(aws.clients, {
      spec: specWith(),
      revisions: revisionsOf(number, true),
    }),
  )
  const done = aws.calls.filter(({ operation }) => operation === 'DeregisterTaskDefinition')
  return { said: said.join(), done: done.map(({ input }) => input['taskDefinition']) }
}

describe('deregistering revisions after a rollback', () => {
  test('removes an unused revision, but never the live one or the rollback target', async () => {
    assert.deepEqual(await deregister(2), {
      said: 'mailman-api:2 was deregistered',
      done: [revision(2)],
    })
    const live = await deregister(1)
    assert.deepEqual(live.done, [])
    assert.match(live.said, /still in use/)
  })
})
