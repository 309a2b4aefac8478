import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { copyOfRevision, isCopyOf } from '../../../../activities/revisions/copy.ts'
import { rollBackService } from '../../../../activities/deploy/roll-back.ts'
import { type RollBackServiceInput } from '../../../../activities/deploy/start-rollback.ts'
import {
  answersOf,
  deployment,
  recordsOf,
  revision,
  service,
  task,
  taskDefinition,
} from '../ecs-answers.ts'
import { awsError, fakeAws, type Answers } from '../fake-aws.ts'
import { inActivity } from '../in-activity.ts'
import { digestA, serviceNamed, specWith } from '../../environment-specs.ts'

const to = {
  taskDefinition: revision(1),
  digests: { api: digestA },
  deploymentId: 'ecs-svc/1',
  hasSucceeded: true,
} as const

const started = {
  service: 'api',
  taskDefinition: revision(2),
  deploymentId: 'ecs-svc/2',
  serviceDeploymentArn:
    'arn:aws:ecs:eu-west-1:123456789012:service-deployment/mailman/mailman-api/1',
}

/** An ECS whose service has our deployment in flight, and that completes every update at once. */
function world(options: { stop?: () => object; deregistered?: boolean } = {}) {
  let primary = deployment({
    id: 'ecs-svc/2',
    taskDefinition: revision(2),
    rolloutState: 'IN_PROGRESS',
  })
  let record = 'IN_PROGRESS'
  let made = 2
  const inactive = taskDefinition(1, { status: options.deregistered ? 'INACTIVE' : 'ACTIVE' })
  const definitions: Record<string, { definition: object; tags: object[] }> = {
    [revision(1)]: { definition: inactive, tags: [{ key: 'slipway:commit', value: 'abc' }] },
    'mailman-api': { definition: taskDefinition(2), tags: [] },
  }
  const deploy = (wanted: unknown) => {
    made += 1
    primary = deployment({ id: `ecs-svc/${made}`, taskDefinition: wanted })
    record = 'STOPPED'
    return { service: service({ deployments: [primary] }) }
  }
  const answers = (): Answers => ({
    ...answersOf({
      service: service({ deployments: [primary] }),
      tasks: [task({ startedBy: primary.id, taskDefinitionArn: primary.taskDefinition })],
    }),
    ...recordsOf({ status: record, taskDefinition: revision(2) }),
  })
  const live = Object.fromEntries(
    Object.keys(answers()).map((name) => [
      name,
      (input: Record<string, unknown>) => answers()[name]?.(input),
    ]),
  )
  const aws = fakeAws({
    ...live,
    UpdateService: ({ taskDefinition: wanted }) => {
      if (options.deregistered && wanted === revision(1)) {
        throw awsError('ClientException', 'TaskDefinition is inactive')
      }
      return deploy(wanted)
    },
    DescribeTaskDefinition: ({ taskDefinition: wanted }) => {
      const { definition, tags } = definitions[String(wanted)] ?? { definition: {}, tags: [] }
      return { taskDefinition: definition, tags }
    },
    RegisterTaskDefinition: ({ tags, ...content }) => {
      const third = { definition: { ...content, ...idOf(3) }, tags: tags as object[] }
      definitions['mailman-api'] = third
      definitions[revision(3)] = third
      return { taskDefinition: third.definition }
    },
    StopServiceDeployment:
      options.stop ??
      (() => {
        deploy(revision(1))
        record = 'ROLLBACK_SUCCESSFUL'
        return {}
      }),
  })
  return { ...aws, fail: () => void (primary = { ...primary, rolloutState: 'FAILED' }) }
}

const idOf = (number: number) => ({ taskDefinitionArn: revision(number), status: 'ACTIVE' })

function rollBack(
  aws: ReturnType<typeof world>,
  changes: Partial<RollBackServiceInput> = {},
  ours?: 'never started',
) {
  return inActivity(() =>
    rollBackService(
      aws.clients,
      { nearEndMs: 1, farMs: 1 },
      {
        spec: specWith(),
        service: serviceNamed('api'),
        to,
        ...(ours === undefined && { started }),
        deadline: Date.now() + 60_000,
        ...changes,
      },
    ),
  )
}

const changes = ({ calls }: ReturnType<typeof world>) =>
  calls.map(({ operation }) => operation).filter((operation) => /^(Update|Stop)/.test(operation))

const refusingToStop = () =>
  world({
    deregistered: true,
    stop: () => {
      throw awsError('ConflictException')
    },
  })
const registered = ({ calls }: ReturnType<typeof world>) =>
  calls.filter(({ operation }) => operation === 'RegisterTaskDefinition')

describe('rolling a service back', () => {
  test('stops our deployment in flight and waits until what ran before runs', async () => {
    const aws = world()
    assert.equal((await rollBack(aws)).kind, 'succeeded')
    assert.deepEqual(changes(aws), ['StopServiceDeployment'])
    assert.deepEqual(aws.calls.find(({ operation }) => operation.startsWith('Stop'))?.input, {
      serviceDeploymentArn: started.serviceDeploymentArn,
      stopType: 'ROLLBACK',
    })
  })

  for (const name of [
    'ConflictException',
    'UnsupportedFeatureException',
    'ServiceDeploymentNotFoundException',
    'UnknownOperationException',
  ]) {
    test(`updates the service if stopping fails with ${name}`, async () => {
      const aws = world({
        stop: () => {
          throw awsError(name)
        },
      })
      assert.equal((await rollBack(aws)).kind, 'succeeded')
      assert.deepEqual(changes(aws), ['StopServiceDeployment', 'UpdateService'])
    })
  }

  test('changes nothing when it is retried after it has succeeded', async () => {
    const aws = world()
    await rollBack(aws)
    const before = changes(aws)
    assert.equal((await rollBack(aws)).kind, 'succeeded')
    assert.deepEqual(changes(aws), before)
  })

  test('fails if there is nothing to roll back to, and changes nothing', async () => {
    const aws = world()
    const end = await rollBack(aws, { to: { ...to, hasSucceeded: false } })
    assert.equal(end.kind, 'failed')
    assert.match(end.reason, /nothing to roll back to/)
    assert.deepEqual(changes(aws), [])
  })

  test('succeeds if nothing was changed, even with nothing to roll back to', async () => {
    const aws = world()
    const none = { ...to, hasSucceeded: false, deploymentId: 'ecs-svc/2' } as const
    const end = await rollBack(aws, { to: none }, 'never started')
    assert.equal(end.kind, 'succeeded')
    assert.match(end.summary, /nothing was changed in service "mailman-api"/)
    assert.deepEqual(changes(aws), [])
  })

  test('leaves what somebody else has deployed since', async () => {
    const aws = world()
    const end = await rollBack(aws, { started: { ...started, deploymentId: 'ecs-svc/0' } })
    assert.equal(end.kind, 'succeeded')
    const theirs = world()
    const replaced = await rollBack(theirs, {
      started: { ...started, deploymentId: 'ecs-svc/0', taskDefinition: revision(5) },
    })
    assert.equal(replaced.kind, 'replaced')
    assert.deepEqual(changes(theirs), [])
  })

  describe('to a deregistered revision', () => {
    test('deploys a copy, whose tag says what it is a copy of', async () => {
      const aws = refusingToStop()
      const end = await rollBack(aws)
      assert.equal(end.kind === 'succeeded' && end.copy, revision(3))
      const { tags, ...content } = registered(aws)[0]?.input ?? {}
      assert.deepEqual(tags, [
        { key: 'slipway:commit', value: 'abc' },
        { key: 'slipway:copy-of', value: 'mailman-api:1' },
      ])
      assert.deepEqual(content['containerDefinitions'], taskDefinition(1).containerDefinitions)
    })

    test('recognises its copy when it is retried, and makes no other', async () => {
      const aws = refusingToStop()
      await rollBack(aws)
      const before = changes(aws)
      const end = await rollBack(aws)
      assert.equal(end.kind === 'succeeded' && end.copy, revision(3))
      const forgetful = await rollBack(aws, {}, 'never started')
      assert.equal(forgetful.kind === 'succeeded' && forgetful.copy, revision(3))
      assert.deepEqual(changes(aws), before)
      assert.equal(registered(aws).length, 1)
    })

    test('deploys the copy again if its first deployment has failed, as ECS would start none', async () => {
      const aws = refusingToStop()
      await rollBack(aws)
      aws.fail()
      assert.equal((await rollBack(aws)).kind, 'succeeded')
      const update = aws.calls.findLast(({ operation }) => operation === 'UpdateService')
      const again = { taskDefinition: revision(3), forceNewDeployment: true }
      assert.partialDeepStrictEqual(update?.input, again)
    })

    test('deploys the copy that an earlier attempt has made', async () => {
      const aws = refusingToStop()
      await inActivity(() => copyOfRevision(aws.clients, revision(1)))
      await rollBack(aws)
      assert.equal(registered(aws).length, 1)
    })

    test('fails if expired credentials keep it from recognising a copy', async () => {
      const { clients } = fakeAws({
        DescribeTaskDefinition: () => {
          throw awsError('ExpiredTokenException')
        },
      })
      await assert.rejects(isCopyOf(clients, revision(3), revision(1)), {
        name: 'ExpiredTokenException',
      })
    })
  })
})
