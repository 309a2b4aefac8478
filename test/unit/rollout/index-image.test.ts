import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Expectation } from '../../../rollout/expectation.ts'
import { judge } from '../../../rollout/judge.ts'
import {
  deploymentWith,
  observationWith,
  oldRevision,
  ours,
  recordWith,
  rolledBackTo,
  taskWith,
} from './observations.ts'

const index = 'sha256:index'
const amd64 = 'sha256:amd64'
const arm64 = 'sha256:arm64'

const pinned: Expectation = {
  ...ours,
  digests: { api: index },
  imageDigests: { api: [index, amd64, arm64] },
}

/** What the verdict is if the task reports this digest. */
function verdictOf(imageDigest: string, expected: Expectation = pinned) {
  const containers = [{ name: 'api', image: `host/api@${index}`, imageDigest, reason: '' }]
  return judge(observationWith({ tasks: [taskWith({ containers })] }), expected)
}

describe('of an image that is an index', () => {
  test('the index and every manifest that it lists are the pinned image', () => {
    for (const reported of [index, amd64, arm64]) {
      assert.equal(verdictOf(reported).kind, 'succeeded', reported)
    }
    assert.equal(verdictOf('sha256:other').kind, 'progressing')
  })

  test('a manifest proves nothing where it is unknown what the index lists', () => {
    const { imageDigests: _, ...unknown } = pinned
    assert.equal(verdictOf(amd64, unknown).kind, 'progressing')
    assert.equal(verdictOf(index, unknown).kind, 'succeeded')
  })

  test('a manifest that one index lists is not the image of another container', () => {
    const other = { ...pinned, imageDigests: { worker: [index, amd64] } }
    assert.equal(verdictOf(amd64, other).kind, 'progressing')
  })

  test('a manifest of what ran before shows that ECS has rolled back', () => {
    const containers = [{ name: 'api', image: '', imageDigest: amd64, reason: '' }]
    const rolledBack = observationWith({
      service: {
        deployments: [rolledBackTo, deploymentWith({ status: 'ACTIVE', runningCount: 0 })],
      },
      serviceDeployments: [
        {
          ...recordWith({ status: 'ROLLBACK_SUCCESSFUL' }),
          rollbackTaskDefinition: oldRevision,
          rollbackDigests: { api: index },
        },
      ],
      tasks: [taskWith({ taskDefinition: oldRevision, startedBy: 'ecs-svc/3', containers })],
    })
    const before = { taskDefinition: oldRevision, digests: { api: index } }
    const { imageDigests = {} } = pinned
    assert.equal(judge(rolledBack, { ...ours, before }).kind, 'progressing')
    const known = { ...before, imageDigests }
    assert.equal(judge(rolledBack, { ...ours, before: known }).kind, 'rolled_back')
  })
})
