import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import {
  preliminaryVerdict,
  isUnchanged,
  failureSigns,
} from '../../../rollout/preliminary-verdict.ts'
import type {
  Observation,
  ObservedDeployment,
  ObservedService,
  ObservedServiceDeployment,
} from '../../../rollout/observation.ts'
import { judge } from '../../../rollout/judge.ts'
import { type Expectation } from '../../../rollout/expectation.ts'
import { observations, records, services } from './arbitrary-observations.ts'

const expected: Expectation = {
  taskDefinition: 'api:8',
  deploymentId: 'ecs-svc/2',
  serviceDeploymentArn: 'record/2',
  digests: { api: 'sha256:new' },
}

function preliminary(observation: Observation) {
  const { service, serviceDeployments } = observation
  const record = serviceDeployments === 'unavailable' ? undefined : serviceDeployments[0]
  return preliminaryVerdict({ service, record, tasks: observation.tasks }, expected)
}

const ours: ObservedDeployment = {
  id: 'ecs-svc/2',
  status: 'PRIMARY',
  taskDefinition: 'api:8',
  rolloutState: 'IN_PROGRESS',
  rolloutStateReason: '',
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  failedTasks: 0,
  createdAt: 1_000,
}

describe('a preliminary verdict', () => {
  test('is progressing only if no tasks and targets could end the rollout', () => {
    let enough = 0
    fc.assert(
      fc.property(observations, (observation) => {
        if (preliminary(observation).kind !== 'progressing') return
        enough += 1
        assert.equal(judge(observation, expected).kind, 'progressing')
      }),
      { numRuns: 5_000 },
    )
    assert.ok(enough > 300, `${enough} cases`)
  })

  test('is near its end once all tasks of the record run', () => {
    fc.assert(
      fc.property(services, records, fc.integer({ min: 0, max: 2 }), (service, record, running) => {
        const first = preliminaryVerdict(
          {
            service: {
              ...service,
              status: 'ACTIVE',
              deployments: [{ ...ours, runningCount: 0 }],
            },
            record: {
              ...record,
              status: 'IN_PROGRESS',
              lifecycleStage: '',
              hooks: [],
              targetTasks: { requested: 2, running, pending: 0 },
            },
            tasks: [],
          },
          expected,
        )
        assert.equal(first.kind === 'progressing' && first.nearEnd, running === 2)
      }),
      { numRuns: 50 },
    )
  })
})

describe('the end in a preliminary verdict', () => {
  const [someService] = fc.sample(services, { numRuns: 1, seed: 1 })
  const [someRecord] = fc.sample(records, { numRuns: 1, seed: 1 })
  assert.ok(someService && someRecord)
  const nearEnd = (
    changes: Partial<ObservedService>,
    record: Partial<ObservedServiceDeployment> = {},
  ) => {
    const service = { ...someService, status: 'ACTIVE', deployments: [ours], ...changes }
    const about = { ...someRecord, status: 'IN_PROGRESS', lifecycleStage: '', hooks: [], ...record }
    const first = preliminaryVerdict({ service, record: about, tasks: [] }, expected)
    assert.equal(first.kind, 'progressing')
    return first.kind === 'progressing' && first.nearEnd
  }
  const other = { ...ours, id: 'ecs-svc/1', status: 'ACTIVE', runningCount: 0 }

  test('is near if only ECS has yet to say so, not while another deployment drains', () => {
    assert.equal(nearEnd({}), true)
    assert.equal(nearEnd({ deployments: [ours, { ...other, rolloutState: 'COMPLETED' }] }), false)
  })

  test('of a rollback is near once all tasks of its deployment run, not as soon as it begins', () => {
    const record = { status: 'ROLLBACK_IN_PROGRESS' }
    const failed = { ...ours, status: 'ACTIVE', rolloutState: 'FAILED', runningCount: 0 }
    const rollback = { ...ours, id: 'ecs-svc/3' }
    assert.equal(nearEnd({}, record), false)
    assert.equal(
      nearEnd({ deployments: [{ ...rollback, runningCount: 1 }, failed] }, record),
      false,
    )
    assert.equal(nearEnd({ deployments: [rollback, failed] }, record), true)
  })

  test('is near if one more failure ends it and ECS would not roll back', () => {
    const failing = {
      deployments: [{ ...ours, runningCount: 0, failedTasks: 2 }],
      circuitBreaker: { enable: true, rollback: false },
    }
    assert.equal(nearEnd(failing), true)
    assert.equal(nearEnd({ ...failing, circuitBreaker: { enable: true, rollback: true } }), false)
    assert.equal(nearEnd(failing, { breaker: { failed: 2, threshold: 9 } }), false)
  })
})

describe('the service alone', () => {
  const [service] = fc.sample(services, { numRuns: 1, seed: 1 })
  assert.ok(service)
  const before: ObservedService = { ...service, deployments: [ours], events: [] }

  test('is unchanged until a task comes, goes or fails, or somebody deploys or scales', () => {
    assert.equal(isUnchanged(before, structuredClone(before)), true)
    const changes: readonly Partial<ObservedService>[] = [
      { runningCount: before.runningCount + 1 },
      { desiredCount: before.desiredCount + 1 },
      { deployments: [{ ...ours, failedTasks: 1 }] },
      { deployments: [{ ...ours, id: 'ecs-svc/3' }] },
      { events: [{ at: 1, message: 'has started 1 tasks: (task 1).' }] },
    ]
    for (const change of changes) assert.equal(isUnchanged(before, { ...before, ...change }), false)
  })

  test('shows signs of failure if a task fails or ECS complains, and not otherwise', () => {
    const signs = failureSigns(before, expected)
    const started = [{ at: 5, message: '(service api) has started 1 tasks: (task 1).' }]
    const stuck = [{ at: 6, message: '(service api) was unable to place a task.' }]
    assert.equal(failureSigns({ ...before, events: started }, expected), signs)
    assert.notEqual(failureSigns({ ...before, events: stuck }, expected), signs)
    const failing = [{ ...ours, failedTasks: 1 }]
    assert.notEqual(failureSigns({ ...before, deployments: failing }, expected), signs)
  })
})
