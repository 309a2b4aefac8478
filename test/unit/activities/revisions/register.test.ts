import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { registerRevisions } from '../../../../activities/revisions/register.ts'
import { answersOf, registering, revision, service, taskDefinition } from '../ecs-answers.ts'
import { fakeAws, type FakeAws } from '../fake-aws.ts'
import { failsAs, inActivity } from '../in-activity.ts'
import {
  commit,
  digestA,
  digestB,
  pushedApi,
  registry,
  serviceNamed,
  specWith,
} from '../../environment-specs.ts'

const register = (aws: FakeAws, changes: Partial<Parameters<typeof registerRevisions>[1]> = {}) =>
  inActivity(() =>
    registerRevisions(aws.clients, {
      spec: specWith(),
      release: 'release/production/3f2c1ab',
      commit,
      running: [],
      images: [pushedApi],
      ...changes,
    }),
  )

const registered = (aws: FakeAws) =>
  aws.calls.filter(({ operation }) => operation === 'RegisterTaskDefinition')

describe('registering a revision', () => {
  test('clones what the service runs, not the newest revision, and replaces only the image', async () => {
    const running = taskDefinition(1, {
      volumes: [{ name: 'scratch' }],
      enableFaultInjection: true,
      runtimePlatform: { cpuArchitecture: 'ARM64' },
    })
    const aws = fakeAws({
      ...answersOf({
        taskDefinitions: { 'mailman-api': taskDefinition(7), [revision(1)]: running },
      }),
      ListTaskDefinitions: () => ({ taskDefinitionArns: [revision(7), revision(1)] }),
      ...registering(8),
    })
    const [made] = await register(aws)
    assert.deepEqual(made, {
      service: 'api',
      taskDefinition: revision(8),
      digests: { api: digestB },
      registered: true,
    })
    const { tags, ...sent } = registered(aws)[0]?.input ?? {}
    assert.deepEqual(sent, {
      family: 'mailman-api',
      cpu: '256',
      memory: '512',
      networkMode: 'awsvpc',
      executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
      volumes: [{ name: 'scratch' }],
      enableFaultInjection: true,
      runtimePlatform: { cpuArchitecture: 'ARM64' },
      containerDefinitions: [
        { ...running.containerDefinitions[0], image: `${registry}/mailman-api@${digestB}` },
      ],
    })
    assert.deepEqual(tags, [
      { key: 'team', value: 'mail' },
      { key: 'slipway:project', value: 'mailman' },
      { key: 'slipway:service', value: 'api' },
      { key: 'slipway:pending', value: 'mailman-api:7' },
      { key: 'slipway:release', value: 'release/production/3f2c1ab' },
      { key: 'slipway:commit', value: commit },
    ])
  })

  test('keeps every field of the revision, also those that the SDK does not know', async () => {
    const [container] = taskDefinition(1).containerDefinitions
    const definition = taskDefinition(1, {
      memoryGuard: { enabled: true, ratio: 0.5, empty: '', nested: { 'ä.ö/ü 🚢': ['', null] } },
      proxyConfiguration: { type: 'APPMESH', properties: [{ name: 'AppPorts', value: '80' }] },
      containerDefinitions: [
        {
          ...container,
          dockerLabels: { '': 'a', 'com.example/team': '', ['__proto__']: 'b' },
          egressPolicy: { allow: ['10.0.0.0/8'], deny: [] },
        },
      ],
    })
    const aws = fakeAws({
      ...answersOf({
        taskDefinitions: { 'mailman-api': definition, [revision(1)]: definition },
      }),
      ...registering(2),
    })
    await register(aws)
    const { tags: _, ...sent } = registered(aws)[0]?.input ?? {}
    const {
      taskDefinitionArn: _arn,
      revision: _revision,
      status: _status,
      registeredAt: _at,
      registeredBy: _by,
      compatibilities: _compatibilities,
      requiresAttributes: _attributes,
      ...kept
    } = definition
    assert.deepEqual(
      sent,
      JSON.parse(
        JSON.stringify({
          ...kept,
          containerDefinitions: [
            { ...definition.containerDefinitions[0], image: `${registry}/mailman-api@${digestB}` },
          ],
        }),
      ),
    )
  })

  test('rejects and deregisters a revision of which ECS has lost a field, and names the field', async () => {
    const definition = taskDefinition(1, { memoryGuard: { enabled: true } })
    const world = {
      ...answersOf({
        taskDefinitions: { 'mailman-api': definition, [revision(1)]: definition },
      }),
      ...registering(2, { memoryGuard: undefined }),
    }
    const aws = fakeAws({ ...world, DeregisterTaskDefinition: () => ({}) })
    await assert.rejects(
      register(aws),
      failsAs('PreconditionFailed', 'mailman-api:2', 'memoryGuard', 'deregistered'),
    )
    const last = aws.calls.at(-1)
    assert.deepEqual(
      [last?.operation, last?.input],
      ['DeregisterTaskDefinition', { taskDefinition: revision(2) }],
    )
    await assert.rejects(
      register(fakeAws(world)),
      failsAs(
        'PreconditionFailed',
        'aws ecs deregister-task-definition --task-definition mailman-api:2',
      ),
    )
  })

  test('clones what serves if a newer deployment has failed', async () => {
    const failing = service({ taskDefinition: revision(5) })
    const aws = fakeAws({
      ...answersOf({
        service: failing,
        taskDefinitions: {
          'mailman-api': taskDefinition(5, { volumes: [{ name: 'broken' }] }),
          [revision(1)]: taskDefinition(1),
        },
      }),
      ListTaskDefinitions: () => ({ taskDefinitionArns: [revision(5), revision(1)] }),
      ...registering(6),
    })
    const rollbackTarget = {
      taskDefinition: revision(1),
      digests: {},
      deploymentId: 'ecs-svc/5',
      hasSucceeded: true,
    }
    await register(aws, { running: [{ name: 'api', rollbackTarget }] })
    const [call] = registered(aws)
    assert.ok(call)
    assert.equal('volumes' in call.input, false)
  })

  test('does not change sidecars', async () => {
    const definition = taskDefinition(1, {
      containerDefinitions: [
        { name: 'proxy', image: 'envoy:1' },
        { name: 'api', image: 'old' },
      ],
    })
    const aws = fakeAws({
      ...answersOf({
        taskDefinitions: { 'mailman-api': definition, [revision(1)]: definition },
      }),
      ...registering(2),
    })
    await register(aws)
    assert.deepEqual(registered(aws)[0]?.input['containerDefinitions'], [
      { name: 'proxy', image: 'envoy:1' },
      { name: 'api', image: `${registry}/mailman-api@${digestB}` },
    ])
  })

  test('registers nothing if the newest revision already runs the images', async () => {
    const aws = fakeAws(answersOf())
    const [made] = await register(aws, { images: [{ ...pushedApi, digest: digestA }] })
    assert.equal(made?.taskDefinition, revision(1))
    assert.equal(made.registered, false)
    assert.deepEqual(registered(aws), [])
  })

  test('reuses the running revision if only a failed release has registered a newer one', async () => {
    const failed = taskDefinition(2)
    failed.containerDefinitions = [
      {
        ...taskDefinition(2).containerDefinitions[0],
        image: `${registry}/mailman-api@bad`,
      } as never,
    ]
    const aws = fakeAws(
      answersOf({ taskDefinitions: { 'mailman-api': failed, [revision(1)]: taskDefinition(1) } }),
    )
    const [made] = await register(aws, { images: [{ ...pushedApi, digest: digestA }] })
    assert.equal(made?.taskDefinition, revision(1))
    assert.deepEqual(registered(aws), [])
  })

  test('names the existing containers if the configuration names another one', async () => {
    const spec = specWith({ services: [serviceNamed('api', { containers: { apj: 'api' } })] })
    await assert.rejects(
      register(fakeAws(answersOf()), { spec }),
      failsAs('PreconditionFailed', '"apj"', 'has "api"'),
    )
  })

  test('uses the running revision in force mode, and expects digests only of moving tags', async () => {
    const moving = taskDefinition(1, {
      containerDefinitions: [
        { name: 'api', image: `${registry}/mailman-api:api-latest` },
        { name: 'proxy', image: 'envoy:1' },
      ],
    })
    const aws = fakeAws(
      answersOf({ service: service(), taskDefinitions: { [revision(1)]: moving } }),
    )
    const [made] = await register(aws, { spec: specWith({ mode: 'force' }) })
    assert.deepEqual(made?.digests, { api: digestB })
    assert.equal(made.taskDefinition, revision(1))
  })
})
