import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ObservedTask } from '../../../rollout/observation.ts'
import { stopCauseOf } from '../../../rollout/stop-cause.ts'
import { deadTask, observationWith, ours, recordWith, targetWith } from './observations.ts'

const whyWith = (...tasks: readonly ObservedTask[]) =>
  stopCauseOf([observationWith({ tasks })], ours)

const unstarted = (stoppedReason: string) =>
  deadTask({ stopCode: 'TaskFailedToStart', stoppedReason, containers: [] })

/** Where nothing died, and ECS told an event. */
const because = (message: string) =>
  stopCauseOf(
    [
      observationWith({
        tasks: [],
        service: { events: [{ createdAt: new Date(2_000), message }] },
      }),
    ],
    ours,
  ).cause

describe('the likely cause', () => {
  test('tells what kept a task from starting', () => {
    const cases: readonly (readonly [reason: string, cause: RegExp])[] = [
      ['CannotPullContainerError: failed to resolve ref x: not found', /not in the registry/],
      ['CannotPullContainerError: 403 Forbidden', /execution role or network does not allow/],
      ['CannotPullContainerError: dial tcp: i/o timeout', /cannot reach the registry/],
      ['ResourceInitializationError: unable to pull secrets or registry auth', /its secrets/],
      ['CannotStartContainerError: exec: "x": executable file not found', /command is not in/],
      ['Something new', /A task failed to start: Something new/],
    ]
    for (const [reason, cause] of cases) assert.match(whyWith(unstarted(reason)).cause, cause)
  })

  test('names the container that ended first, not those that ECS stopped after it', () => {
    const task = deadTask({
      containers: [
        { name: 'proxy', image: '', imageDigest: '', exitCode: 143, reason: '' },
        { name: 'api', image: '', imageDigest: '', exitCode: 2, reason: '' },
      ],
    })
    assert.equal(whyWith(task).cause, 'Container api exited with 2.')
  })

  test('tells a lack of memory from an exit', () => {
    const reason = 'OutOfMemoryError: Container killed due to memory usage'
    const container = { name: 'api', image: '', imageDigest: '', exitCode: 137, reason }
    const { cause } = whyWith(deadTask({ containers: [container] }))
    assert.equal(cause, 'Container api ran out of memory.')
  })

  test('names the alarms that triggered before all else', () => {
    const record = recordWith({ status: 'STOPPED', alarms: { triggeredAlarmNames: ['5xx'] } })
    const seen = observationWith({ tasks: [deadTask()], serviceDeployments: [record] })
    assert.equal(stopCauseOf([seen], ours).cause, 'CloudWatch alarm 5xx triggered.')
  })

  test('names capacity and percentages where nothing died', () => {
    assert.match(
      because('(service api) was unable to place a task. Reason: x'),
      /^There is no capac/,
    )
    assert.match(
      because('(service api) was unable to stop or start tasks during a deployment'),
      /minimumHealthyPercent and maximumPercent/,
    )
  })
})

describe('the evidence', () => {
  test('shows tasks that died alike once, with how many they are, and at most five kinds', () => {
    const alike = Array.from({ length: 30 }, (_, at) => deadTask({ arn: `task/${at}` }))
    const { failedTasks } = whyWith(...alike)
    assert.deepEqual(
      failedTasks?.map(({ times, exitCode, container }) => ({ times, exitCode, container })),
      [{ times: 30, exitCode: 1, container: 'api' }],
    )
    const kinds = Array.from({ length: 9 }, (_, exitCode) =>
      deadTask({
        arn: `task/${exitCode}`,
        containers: [{ name: 'api', image: '', imageDigest: '', exitCode, reason: '' }],
      }),
    )
    assert.equal(whyWith(...kinds).failedTasks?.length, 5)
  })

  test('has what the load balancer said of a task, and the targets that are unhealthy now', () => {
    const id = 'a'.repeat(32)
    const reason = 'Health checks failed with these codes: [404]'
    const message = `(service api) (task ${id}) (port 80) is unhealthy in (target-group x) due to (reason ${reason})`
    const task = deadTask({
      arn: `arn:task/mailman/${id}`,
      stoppedReason: 'Task failed ELB health checks in (target-group x)',
    })
    const seen = observationWith({
      tasks: [task],
      targets: [
        targetWith('unhealthy', { reason: 'Target.Timeout', description: 'Request timed out' }),
      ],
      service: { events: [{ createdAt: new Date(2_000), message }] },
    })
    const { failedTasks, unhealthyTargets } = stopCauseOf([seen], ours)
    assert.equal(failedTasks?.[0]?.health, reason)
    assert.deepEqual(
      unhealthyTargets?.map(({ target, description }) => [target, description]),
      [['10.0.0.1:80', 'Request timed out']],
    )
  })

  test('is left out where nothing died', () => {
    assert.deepEqual(stopCauseOf([observationWith()], ours), { cause: '' })
  })
})
