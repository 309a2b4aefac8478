import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Cause } from '../../../../rollout/cause.ts'
import { diagnose } from '../../../../rollout/diagnosis.ts'
import type { ObservedTask } from '../../../../rollout/observation.ts'
import { startFailureOf } from '../../../../rollout/start-failures.ts'
import {
  balancedObservation,
  crashedTask,
  deploymentWith,
  oldTask,
  ours,
  recordWith,
  taskWith,
} from '../observations.ts'

type Given = Parameters<typeof balancedObservation>[0]

const cause = (given: Given): Cause | undefined => diagnose(balancedObservation(given), ours)

/** The cause, and the kind of its reason. */
function kinds(given: Given) {
  const found = cause(given)
  return found !== undefined && 'reason' in found ? [found.kind, found.reason.kind] : found?.kind
}

const container = (exitCode?: number, reason = ''): ObservedTask['containers'][number] => ({
  name: 'api',
  image: '',
  imageDigest: '',
  reason,
  ...(exitCode === undefined ? {} : { exitCode }),
})

const exited = (...containers: ObservedTask['containers']) => ({
  tasks: [crashedTask({ containers })],
})

const stopped = (stopCode: string, stoppedReason: string, changes: Partial<ObservedTask> = {}) => ({
  tasks: [crashedTask({ stopCode, stoppedReason, containers: [], ...changes })],
})

const complaint = (message: string) =>
  kinds({ service: { events: [{ message: `(service api) (task 0f) ${message}` }] } })

const failure = (changes: Partial<ObservedTask>) => startFailureOf(taskWith(changes))

describe('the cause of a failed rollout', () => {
  test('is the exit code of the container that ended, and how many tasks ended like that', () => {
    const task = crashedTask()
    const scaledIn = crashedTask({ stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'x' })
    assert.deepEqual(cause({ tasks: [task, task, scaledIn] }), {
      kind: 'container exited',
      container: 'api',
      exitCode: 1,
      tasks: 2,
    })
  })

  test('is no container of a task that failed its health checks, although ECS then stopped it', () => {
    const reason = 'Task failed container health checks'
    const killed = { containers: [container(137)] }
    const given = stopped('ServiceSchedulerInitiated', reason, killed)
    assert.deepEqual(kinds(given), ['unhealthy', 'container checks failed'])
    assert.deepEqual(kinds({ tasks: [...given.tasks, crashedTask()] }), 'container exited')
  })

  test('is what ECS says of a container that ended without an exit code', () => {
    const said = 'CannotInspectContainerError: Could not inspect container'
    assert.deepEqual(cause(exited(container(undefined, said))), {
      kind: 'container ended',
      container: 'api',
      said,
      tasks: 1,
    })
  })

  test('is too little memory if ECS says so, whatever the exit code', () => {
    const said = 'OutOfMemoryError: Container killed due to memory usage'
    assert.deepEqual(cause(exited(container(137, said))), {
      kind: 'out of memory',
      container: 'api',
      said,
      tasks: 1,
    })
  })

  test('is unknown if an essential container exited, and ECS does not say which', () => {
    assert.equal(cause({ ...exited(), targets: [] }), undefined)
    const second = crashedTask()
    assert.equal(kinds({ tasks: [...exited().tasks, second] }), 'container exited')
  })

  test('is the health check of which an event tells, with or without its reason', () => {
    assert.deepEqual(
      complaint('is unhealthy in (target-group tg) due to (reason Request timed out)'),
      ['unhealthy', 'no response in time'],
    )
    assert.deepEqual(complaint('is not healthy in (target-group tg) due to request timed out'), [
      'unhealthy',
      'no response in time',
    ])
    assert.equal(complaint('registered 1 targets in (target-group tg)'), undefined)
  })

  test('is the interruption of a task of ours', () => {
    const reason = 'Your Spot Task was interrupted.'
    for (const stopCode of ['SpotInterruption', 'TerminationNotice']) {
      assert.deepEqual(kinds(stopped(stopCode, reason)), ['interrupted', 'Spot interruption'])
    }
    assert.equal(kinds({ tasks: [{ ...oldTask, stopCode: 'SpotInterruption' }] }), undefined)
    assert.equal(kinds(stopped('UserInitiated', 'Task stopped by user')), undefined)
  })

  test('is that tasks failed, if ECS counted them and has forgotten them', () => {
    const said = 'ECS deployment circuit breaker: tasks failed to start.'
    const failed = deploymentWith({ rolloutState: 'FAILED', rolloutStateReason: said })
    assert.deepEqual(kinds({ service: { deployments: [failed] } }), [
      'tasks failed',
      'tasks keep failing',
    ])
    const other = deploymentWith({ id: 'ecs-svc/1', status: 'ACTIVE', rolloutStateReason: said })
    assert.equal(kinds({ service: { deployments: [other, deploymentWith()] } }), undefined)
    assert.equal(kinds({ service: { deployments: [] } }), undefined)
  })

  test('is unknown if nothing is, with and without a record', () => {
    assert.equal(cause({}), undefined)
    assert.equal(cause({ serviceDeployments: 'unavailable' }), undefined)
    assert.equal(cause({ serviceDeployments: [recordWith({ status: 'STOPPED' })] }), undefined)
  })

  test('is the first start failure of which ECS tells, if other tasks crashed without a reason', () => {
    const silent = crashedTask({ stopCode: 'TaskFailedToStart', stoppedReason: '', containers: [] })
    const told = crashedTask({
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: no space left on device',
    })
    assert.deepEqual(kinds({ tasks: [silent, told] }), ['task not started', 'disk full'])
  })
})

describe('why a task did not start', () => {
  test('is what its container says, if the task itself says nothing', () => {
    const containers = [
      container(),
      container(undefined, 'CannotPullContainerError: no basic auth'),
    ]
    const found = failure({ stopCode: 'TaskFailedToStart', stoppedReason: '', containers })
    assert.equal(found?.kind, 'registry login refused')
  })

  test('is quoted if it is new, and unknown if ECS says nothing', () => {
    const stopCode = 'TaskFailedToStart'
    assert.deepEqual(failure({ stopCode, stoppedReason: 'HyperdriveError: empty' }), {
      kind: 'unknown',
      parts: {},
      said: 'HyperdriveError: empty',
    })
    assert.equal(failure({ stopCode, stoppedReason: '', containers: [container()] }), undefined)
  })

  test('is told by the name of its error where the stop code is left out', () => {
    const said = 'CannotPullContainerError: no space left on device'
    assert.equal(failure({ stoppedReason: said })?.kind, 'disk full')
  })

  test('is not asked of a task that ran', () => {
    const stopCode = 'EssentialContainerExited'
    const stoppedReason = 'Essential container in task exited'
    const killed = [container(137, 'OutOfMemoryError: Container killed due to memory usage')]
    assert.equal(failure({ stopCode, stoppedReason, containers: killed }), undefined)
  })
})
