import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lastGoodBefore } from '../../../rollout/last-good.ts'
import type { Observation, ObservedServiceDeployment } from '../../../rollout/observation.ts'
import { rollbackTargetOf, runningNow, whatRanBefore } from '../../../rollout/rollback-target.ts'
import {
  deploymentWith,
  observationWith,
  oldRevision,
  oldTask,
  ours,
  recordWith,
  taskWith,
} from './observations.ts'

const failed = deploymentWith({ rolloutState: 'FAILED', runningCount: 0, createdAt: new Date(900) })
const serving = deploymentWith({
  id: 'ecs-svc/1',
  status: 'ACTIVE',
  taskDefinition: oldRevision,
  createdAt: new Date(0),
})
const servingTask = { ...oldTask, startedBy: 'ecs-svc/1' }

/** A record of a deployment of some revision, so many seconds after the first. */
const record = (
  status: string,
  targetTaskDefinition: string,
  seconds: number,
): ObservedServiceDeployment => ({
  ...recordWith({
    status,
    createdAt: new Date(seconds * 1_000),
    serviceDeploymentArn: `${seconds}`,
  }),
  targetTaskDefinition,
  targetDigests: { api: `sha256:of-record-${seconds}` },
})

/** A service in which our deployment failed on top of one that serves. */
const stuck = (
  changes: Partial<Omit<Observation, 'service'>> = {},
  deployments = [failed, serving],
) =>
  observationWith({
    service: { deployments },
    tasks: [servingTask],
    serviceDeployments: 'unavailable',
    ...changes,
  })

describe('on top of a deployment that failed and was not rolled back', () => {
  const target = {
    taskDefinition: oldRevision,
    digests: { api: 'sha256:old' },
    deploymentId: 'ecs-svc/2',
    servedBy: 'ecs-svc/1',
    hasSucceeded: true,
  }

  test('the rollback target is what serves, with and without service deployment records', () => {
    assert.deepEqual(rollbackTargetOf(stuck()), target)
    const records = [
      record('STOPPED', ours.taskDefinition, 100),
      record('SUCCESSFUL', oldRevision, 0),
    ]
    assert.deepEqual(rollbackTargetOf(stuck({ serviceDeployments: records })), target)
  })

  test('the rollback target is what serves, even if some tasks of the failed one run', () => {
    const half = deploymentWith({ rolloutState: 'FAILED' })
    const observation = stuck({ tasks: [taskWith(), servingTask] }, [half, serving])
    assert.deepEqual(rollbackTargetOf(observation), target)
    assert.deepEqual(runningNow(observation), {
      taskDefinition: oldRevision,
      digests: { api: 'sha256:old' },
    })
  })

  test('the digests are those of what serves, not those of a failed deployment of the same revision', () => {
    const again = deploymentWith({ taskDefinition: oldRevision, rolloutState: 'FAILED' })
    const its = taskWith({ taskDefinition: oldRevision })
    const records = [record('STOPPED', oldRevision, 100), record('SUCCESSFUL', oldRevision, 0)]
    const withBoth = stuck({ tasks: [its, servingTask], serviceDeployments: records }, [
      again,
      serving,
    ])
    assert.deepEqual(rollbackTargetOf(withBoth), target)
    const alone = stuck({ tasks: [its], serviceDeployments: records }, [again])
    assert.deepEqual(rollbackTargetOf(alone).digests, { api: 'sha256:of-record-0' })
  })

  test('there is none if nothing serves and no record says what did', () => {
    const { hasSucceeded, taskDefinition } = rollbackTargetOf(stuck({ tasks: [] }, [failed]))
    assert.deepEqual([hasSucceeded, taskDefinition], [false, ours.taskDefinition])
  })

  test('ECS may make the deployment that serves PRIMARY again', () => {
    assert.equal(whatRanBefore(rollbackTargetOf(stuck())).deploymentId, 'ecs-svc/1')
    const { servedBy: _, ...usual } = rollbackTargetOf(stuck())
    assert.equal(whatRanBefore(usual).deploymentId, 'ecs-svc/2')
  })

  test('what ran before keeps all digests of an image that is an index', () => {
    const imageDigests = { api: ['sha256:index', 'sha256:manifest'] }
    const before = whatRanBefore({ ...rollbackTargetOf(stuck()), imageDigests })
    assert.deepEqual(before.imageDigests, imageDigests)
  })

  test('a rollback on request goes to what serves, even if the failed revision once succeeded', () => {
    const records = [
      record('STOPPED', ours.taskDefinition, 300),
      record('SUCCESSFUL', oldRevision, 200),
      record('SUCCESSFUL', ours.taskDefinition, 100),
      record('SUCCESSFUL', 'api:6', 0),
    ]
    const good = lastGoodBefore(stuck({ serviceDeployments: records }))
    assert.equal(good?.targetTaskDefinition, oldRevision)
  })
})

const containersWith = (digest: string) => [
  { name: 'api', image: '', imageDigest: digest, reason: '' },
  { name: 'agent', image: '', imageDigest: 'sha256:agent', reason: '' },
]

/** Tasks whose container `api` reports these digests. */
const running = (...digests: readonly string[]) =>
  observationWith({
    tasks: digests.map((digest) => taskWith({ containers: containersWith(digest) })),
    serviceDeployments: [record('SUCCESSFUL', ours.taskDefinition, 1)],
  })

describe('tasks that report the manifests of several platforms', () => {
  const [index, amd64, arm64] = ['sha256:index', 'sha256:amd64', 'sha256:arm64']
  const images = { api: [index, amd64, arm64] }

  test('run the index that lists all of them, and so does the rollback target', () => {
    const observation = running(amd64, arm64)
    const digests = { api: index, agent: 'sha256:agent' }
    const { taskDefinition } = ours
    assert.deepEqual(runningNow(observation, images), {
      taskDefinition,
      digests,
      imageDigests: images,
    })
    const target = rollbackTargetOf(observation, images)
    assert.deepEqual([target.digests, target.imageDigests], [digests, images])
  })

  test('run no one image if one of them is not in the index', () => {
    const observation = running(amd64, 'sha256:other')
    assert.deepEqual(runningNow(observation, images).digests, { agent: 'sha256:agent' })
    assert.ok(!('imageDigests' in runningNow(observation, images)))
  })

  test('leave it to the record of the deployment what to roll back to, if no index lists them', () => {
    const { digests } = rollbackTargetOf(running(amd64, arm64))
    assert.deepEqual(digests, { api: 'sha256:of-record-1', agent: 'sha256:agent' })
  })

  test('may report the index itself, and nothing is said of images that nobody runs', () => {
    assert.equal(runningNow(running(index, arm64), images).digests['api'], index)
    const { imageDigests, digests } = runningNow(running('sha256:other'), images)
    assert.deepEqual([digests['api'], imageDigests], ['sha256:other', undefined])
  })

  test('name the rollback target by its index even if only the record says what ran', () => {
    const target = rollbackTargetOf(running(), { api: [index, 'sha256:of-record-1'] })
    assert.equal(target.digests['api'], index)
  })
})
