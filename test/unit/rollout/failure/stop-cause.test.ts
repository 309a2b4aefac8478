import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ObservedTask } from '../../../../rollout/observation.ts'
import { stopCauseOf as foundStopCauseOf } from '../../../../rollout/stop-cause.ts'
import { toldStopCause } from '../../../../text/cause/cause.ts'
import {
  crashedTask,
  deploymentWith,
  observationWith,
  ours,
  recordWith,
  targetWith,
} from '../observations.ts'

const stopCauseOf = (...args: Parameters<typeof foundStopCauseOf>) =>
  toldStopCause(foundStopCauseOf(...args))

const causeWith = (...tasks: readonly ObservedTask[]) =>
  stopCauseOf([observationWith({ tasks })], ours)

const unstarted = (stoppedReason: string) =>
  crashedTask({ stopCode: 'TaskFailedToStart', stoppedReason, containers: [] })

/** The cause of a rollout without crashes and with one event. */
const causeByEvent = (message: string) =>
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
  test('says what kept a task from starting', () => {
    const cases: readonly (readonly [reason: string, cause: RegExp])[] = [
      ['CannotPullContainerError: failed to resolve ref x: not found', /not in the registry/],
      ['CannotPullContainerError: 403 Forbidden', /execution role .* may not/],
      ['CannotPullContainerError: dial tcp: i/o timeout', /cannot reach its registry/],
      [
        'ResourceInitializationError: unable to pull secrets or registry auth',
        /neither its secrets nor a registry token/,
      ],
      ['CannotStartContainerError: exec: "x": executable file not found', /command x is not in/],
      ['Something new', /A task failed to start: Something new/],
    ]
    for (const [reason, cause] of cases) assert.match(causeWith(unstarted(reason)).cause, cause)
  })

  test('names the container that exited first, not those that ECS stopped after it', () => {
    const task = crashedTask({
      containers: [
        { name: 'proxy', image: '', imageDigest: '', exitCode: 143, reason: '' },
        { name: 'api', image: '', imageDigest: '', exitCode: 2, reason: '' },
      ],
    })
    assert.equal(causeWith(task).cause, 'Container api exited with 2.')
  })

  test('distinguishes a lack of memory from an exit', () => {
    const reason = 'OutOfMemoryError: Container killed due to memory usage'
    const container = { name: 'api', image: '', imageDigest: '', exitCode: 137, reason }
    const { cause } = causeWith(crashedTask({ containers: [container] }))
    assert.equal(
      cause,
      'Container api ran out of memory. Raise memory in the task definition, or let the program use less.',
    )
  })

  test('is an alarm before anything else', () => {
    const record = recordWith({ status: 'STOPPED', alarms: { triggeredAlarmNames: ['5xx'] } })
    const observation = observationWith({ tasks: [crashedTask()], serviceDeployments: [record] })
    assert.equal(stopCauseOf([observation], ours).cause, 'CloudWatch alarm 5xx triggered.')
  })

  test('is capacity or percentages if nothing crashed', () => {
    assert.match(
      causeByEvent(
        '(service api) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
      ),
      /^There is no capacity: AWS has none left/,
    )
    assert.match(
      causeByEvent('(service api) was unable to stop or start tasks during a deployment'),
      /minimumHealthyPercent and maximumPercent/,
    )
  })

  test('is what kept tasks from starting, in an event as in a task', () => {
    assert.match(
      causeByEvent(
        '(service api) was unable to place a task. Reason: CannotPullContainerError: pull image manifest has been retried 5 time(s): dial tcp 10.0.3.7:443: i/o timeout.',
      ),
      /^The image cannot be pulled: the task cannot reach its registry/,
    )
  })

  test('is ECS’s count of failed tasks once ECS has forgotten the tasks', () => {
    const rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.'
    const observation = observationWith({
      tasks: [],
      service: { deployments: [deploymentWith({ rolloutState: 'FAILED', rolloutStateReason })] },
    })
    assert.match(
      stopCauseOf([observation], ours).cause,
      /^ECS cannot start tasks\. .*circuit breaker/,
    )
  })
})

describe('the evidence', () => {
  test('shows similar crashes once, with their number, and at most five kinds', () => {
    const similar = Array.from({ length: 30 }, (_, at) => crashedTask({ arn: `task/${at}` }))
    const { failedTasks } = causeWith(...similar)
    assert.deepEqual(
      failedTasks?.map(({ times, exitCode, container }) => ({ times, exitCode, container })),
      [{ times: 30, exitCode: 1, container: 'api' }],
    )
    const kinds = Array.from({ length: 9 }, (_, exitCode) =>
      crashedTask({
        arn: `task/${exitCode}`,
        containers: [{ name: 'api', image: '', imageDigest: '', exitCode, reason: '' }],
      }),
    )
    assert.equal(causeWith(...kinds).failedTasks?.length, 5)
  })

  test('has the load balancer’s reason for a task, and the targets that are unhealthy now', () => {
    const id = 'a'.repeat(32)
    const reason = 'Health checks failed with these codes: [404]'
    const message = `(service api) (task ${id}) (port 80) is unhealthy in (target-group x) due to (reason ${reason})`
    const task = crashedTask({
      arn: `arn:task/mailman/${id}`,
      stoppedReason: 'Task failed ELB health checks in (target-group x)',
    })
    const observation = observationWith({
      tasks: [task],
      targets: [
        targetWith('unhealthy', { reason: 'Target.Timeout', description: 'Request timed out' }),
      ],
      service: { events: [{ createdAt: new Date(2_000), message }] },
    })
    const { failedTasks, unhealthyTargets } = stopCauseOf([observation], ours)
    assert.equal(failedTasks?.[0]?.health, reason)
    assert.deepEqual(
      unhealthyTargets?.map(({ target, description }) => [target, description]),
      [['10.0.0.1:80', 'Request timed out']],
    )
  })

  test('is left out if nothing crashed', () => {
    assert.deepEqual(stopCauseOf([observationWith()], ours), { cause: '' })
  })
})
