import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ObservedServiceDeployment, ObservedTask } from '../../../../rollout/observation.ts'
import { rollbackTargetOf, runningNow } from '../../../../rollout/rollback-target.ts'
import {
  deploymentWith,
  observationWith,
  oldRevision,
  ours,
  recordWith,
  taskWith,
} from '../observations.ts'

const without = { serviceDeployments: 'unavailable' } as const
const inProgress = [
  deploymentWith({ rolloutState: 'IN_PROGRESS' }),
  deploymentWith({ id: 'ecs-svc/1', status: 'ACTIVE', taskDefinition: oldRevision }),
]

const container = (name: string, imageDigest: string): ObservedTask['containers'][number] => ({
  name,
  image: '',
  imageDigest,
  reason: '',
})

const record = (
  targetTaskDefinition: string,
  status = 'SUCCESSFUL',
): ObservedServiceDeployment => ({
  ...recordWith({ status }),
  targetTaskDefinition,
  targetDigests: { api: `sha256:resolved for ${targetTaskDefinition}` },
})

/** The digests that tasks of our deployment with these containers run. */
const digestsOf = (...tasks: readonly ObservedTask['containers'][]) =>
  runningNow(observationWith({ tasks: tasks.map((containers) => taskWith({ containers })) }))
    .digests

const digestsOfRevision = (taskDefinition: string) =>
  runningNow(observationWith({ tasks: [taskWith({ startedBy: '', taskDefinition })] })).digests

describe('the rollback target of a service that is stable', () => {
  const stable = {
    taskDefinition: ours.taskDefinition,
    digests: { api: 'sha256:new' },
    deploymentId: 'ecs-svc/2',
    hasSucceeded: true,
  }

  test('is what runs, with the digests of its tasks', () => {
    const serviceDeployments = [record(ours.taskDefinition)]
    assert.deepEqual(rollbackTargetOf(observationWith({ serviceDeployments })), stable)
    assert.deepEqual(rollbackTargetOf(observationWith(without)), stable)
  })

  test('has the digests that ECS resolved if its tasks report none', () => {
    for (const tasks of [[], [taskWith({ containers: [container('api', '')] })]]) {
      const serviceDeployments = [record(ours.taskDefinition)]
      assert.deepEqual(rollbackTargetOf(observationWith({ tasks, serviceDeployments })), {
        ...stable,
        digests: { api: `sha256:resolved for ${ours.taskDefinition}` },
      })
    }
  })

  test('has not succeeded if no task runs and no record says that it once did', () => {
    const service = { desiredCount: 0, runningCount: 0 }
    for (const serviceDeployments of ['unavailable', []] as const) {
      const target = rollbackTargetOf(observationWith({ service, serviceDeployments, tasks: [] }))
      assert.deepEqual(target, { ...stable, digests: {}, hasSucceeded: false })
    }
    const records = { serviceDeployments: [record(ours.taskDefinition)] }
    assert.equal(rollbackTargetOf(observationWith({ service, ...records })).hasSucceeded, true)
  })
})

describe('the rollback target during a deployment', () => {
  test('is the revision of the last record that was successful, with the digests of that record', () => {
    const serviceDeployments = [
      record(ours.taskDefinition, 'IN_PROGRESS'),
      record('api:6', 'ROLLBACK_SUCCESSFUL'),
      record(oldRevision),
      record('api:5'),
    ]
    const observation = observationWith({
      service: { deployments: inProgress },
      serviceDeployments,
    })
    assert.deepEqual(rollbackTargetOf(observation), {
      taskDefinition: oldRevision,
      digests: { api: `sha256:resolved for ${oldRevision}` },
      deploymentId: 'ecs-svc/2',
      hasSucceeded: true,
    })
  })

  test('is no record whose service revision ECS no longer describes', () => {
    const serviceDeployments = [record(''), record(oldRevision)]
    const observation = observationWith({
      service: { deployments: inProgress },
      serviceDeployments,
    })
    assert.equal(rollbackTargetOf(observation).taskDefinition, oldRevision)
  })

  test('of the same revision has the digests of the record, not those of the new tasks', () => {
    const again = [deploymentWith({ taskDefinition: oldRevision, rolloutState: 'IN_PROGRESS' })]
    const observation = observationWith({
      service: { deployments: again },
      tasks: [taskWith({ taskDefinition: oldRevision })],
      serviceDeployments: [record(oldRevision)],
    })
    assert.deepEqual(rollbackTargetOf(observation).digests, {
      api: `sha256:resolved for ${oldRevision}`,
    })
  })

  test('has not succeeded where no record says what ran before', () => {
    const observation = observationWith({ service: { deployments: inProgress }, ...without })
    assert.equal(rollbackTargetOf(observation).hasSucceeded, false)
  })
})

test('a service without deployments has no rollback target', () => {
  const observation = observationWith({ service: { deployments: [] }, tasks: [], ...without })
  const nothing = { taskDefinition: '', digests: {} }
  assert.deepEqual(runningNow(observation), nothing)
  assert.deepEqual(rollbackTargetOf(observation), {
    ...nothing,
    deploymentId: '',
    hasSucceeded: false,
  })
})

describe('what a service runs', () => {
  test('is the digest of each container', () => {
    assert.deepEqual(digestsOf([container('api', 'sha256:a'), container('proxy', 'sha256:b')]), {
      api: 'sha256:a',
      proxy: 'sha256:b',
    })
    const api = [container('api', 'sha256:a')]
    assert.deepEqual(digestsOf(api, api), { api: 'sha256:a' })
  })

  test('is unknown for a container whose tasks run different digests, and for that one alone', () => {
    const tasks = ['sha256:a', 'sha256:b'].map((digest) => [
      container('api', digest),
      container('proxy', 'sha256:same'),
    ])
    assert.deepEqual(digestsOf(...tasks), { proxy: 'sha256:same' })
  })

  test('is told by the tasks that report their digest, if others do not yet', () => {
    assert.deepEqual(digestsOf([container('api', '')], [container('api', 'sha256:a')]), {
      api: 'sha256:a',
    })
    assert.deepEqual(digestsOf([container('api', '')]), {})
  })

  test('is not told by tasks that start, stop or are another deployment’s', () => {
    const tasks = [
      taskWith({ lastStatus: 'PENDING' }),
      taskWith({ lastStatus: 'STOPPED' }),
      taskWith({ startedBy: 'ecs-svc/1' }),
    ]
    assert.deepEqual(runningNow(observationWith({ tasks })).digests, {})
  })

  test('is told by the tasks of its task definition if they do not say who started them', () => {
    assert.deepEqual(digestsOfRevision(ours.taskDefinition), { api: 'sha256:new' })
    assert.deepEqual(digestsOfRevision(oldRevision), {})
  })
})
