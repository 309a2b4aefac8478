import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { culpritOf, evidenceOf } from '../../../../rollout/failed-tasks.ts'
import type { ObservedTask } from '../../../../rollout/observation.ts'
import { balancedObservation, crashedTask, ours, targetWith, taskWith } from '../observations.ts'

type Container = ObservedTask['containers'][number]

const container = (name: string, exitCode?: number, reason = ''): Container => ({
  name,
  image: '',
  imageDigest: '',
  reason,
  ...(exitCode === undefined ? {} : { exitCode }),
})

const culprit = (...containers: Container[]) => culpritOf(taskWith({ containers }))?.name

const idOf = (number: number) => number.toString(16).padStart(32, 'a')
const arnOf = (number: number) => `arn:aws:ecs:eu-west-1:1:task/mailman/${idOf(number)}`

/** The evidence of crashed tasks that differ from each other in these fields. */
const evidence = (tasks: readonly Partial<ObservedTask>[], events: readonly object[] = []) =>
  evidenceOf(
    balancedObservation({
      service: { events },
      tasks: tasks.map((one, at) => crashedTask({ arn: arnOf(at), ...one })),
    }),
    ours,
  ).failedTasks

/** How many times each distinct crash came. */
const times = (...tasks: readonly Partial<ObservedTask>[]) =>
  evidence(tasks).map((one) => one.times)

const gone = (number: number) => ({
  stoppedReason: `Task ${idOf(number)} failed ELB health checks on port ${number}${number}`,
})

const exitedBecause = (reason: string) => ({ containers: [container('api', 1, reason)] })

describe('the container to blame', () => {
  test('is the one for which ECS gives a reason', () => {
    const killed = container('api', 137, 'OutOfMemoryError: Container killed due to memory usage')
    assert.equal(culprit(container('proxy', 1), killed), 'api')
    const unstarted = container('api', undefined, 'CannotPullContainerError: not found')
    assert.equal(culprit(container('proxy', 1), unstarted), 'api')
  })

  test('else is the first that exited with an error of its own, not one that ECS stopped', () => {
    assert.equal(culprit(container('proxy', 143), container('api', 1)), 'api')
    assert.equal(culprit(container('proxy', 137), container('api', 1)), 'api')
    assert.equal(culprit(container('init', 0), container('api', 1)), 'api')
    assert.equal(culprit(container('first', 2), container('second', 1)), 'first')
    assert.equal(culprit(container('never'), container('api', 1)), 'api')
  })

  test('else is the first that was killed', () => {
    assert.equal(culprit(container('init', 0), container('api', 137)), 'api')
    assert.equal(culprit(container('init', 0), container('api', 143)), 'api')
    assert.equal(culprit(container('never'), container('api', 137)), 'api')
  })

  test('else is the first that exited, or none', () => {
    assert.equal(culprit(container('never'), container('api', 0), container('other', 0)), 'api')
    assert.equal(culprit(container('never')), undefined)
    assert.equal(culprit(), undefined)
  })
})

describe('a failed task', () => {
  test('is shown with its container, or without one if none ended', () => {
    const about = {
      task: idOf(0),
      taskDefinition: ours.taskDefinition,
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      times: 1,
    }
    const containers = [container('api', 3, 'because')]
    assert.deepEqual(evidence([{ containers }]), [
      { ...about, container: 'api', exitCode: 3, containerReason: 'because' },
    ])
    assert.deepEqual(evidence([{ containers: [container('api')] }]), [
      { ...about, containerReason: '' },
    ])
  })

  test('has the load balancer’s complaint about it, not about another task', () => {
    const complaint = (number: number, codes: string) => ({
      message: `(service api) (task ${idOf(number)}) (port 8080) is unhealthy in (target-group arn:tg) due to (reason Health checks failed with these codes: [${codes}])`,
    })
    const others = [
      { message: `(service api) has stopped 1 running tasks: (task ${idOf(0)}).` },
      complaint(9, '500'),
    ]
    const healthOf = (...events: object[]) => evidence([{}], events).map(({ health }) => health)
    assert.deepEqual(healthOf(...others, complaint(0, '404')), [
      'Health checks failed with these codes: [404]',
    ])
    assert.ok(evidence([{}], others).every((one) => !('health' in one)))
    const unsaid = { message: `(service api) (task ${idOf(0)}) is unhealthy in (target-group tg)` }
    assert.ok(evidence([{}], [unsaid]).every((one) => !('health' in one)))
  })

  test('is counted with those that crashed in the same way', () => {
    assert.deepEqual(times({}, {}, {}), [3])
    const exits = [1, 2, 1].map((code) => ({ containers: [container('api', code)] }))
    assert.deepEqual(times(...exits), [2, 1])
    assert.deepEqual(times({}, { stopCode: 'TaskFailedToStart' }), [1, 1])
    assert.deepEqual(times({}, { containers: [container('proxy', 1)] }), [1, 1])
  })

  test('crashed in the same way if only ids, ports and times differ', () => {
    assert.deepEqual(times(gone(1), gone(2), gone(3)), [3])
    assert.deepEqual(
      times(gone(7), { stoppedReason: 'Task failed container health checks' }),
      [1, 1],
    )
    assert.deepEqual(times({ stoppedReason: 'on 7 of 12' }, { stoppedReason: 'on 12 of 7' }), [2])
    assert.deepEqual(
      times(exitedBecause('dial tcp: refused'), exitedBecause('no such host')),
      [1, 1],
    )
  })

  test('is one of five at most', () => {
    const many = [1, 2, 3, 4, 5, 6, 7].map((code) => ({ containers: [container('api', code)] }))
    assert.equal(evidence(many).length, 5)
  })
})

test('only unhealthy targets are evidence, five of them at most', () => {
  const unhealthy = [1, 2, 3, 4, 5, 6].map((number) =>
    targetWith('unhealthy', {
      id: `10.0.0.${number}`,
      port: 8080,
      reason: 'Target.Timeout',
      description: 'Request timed out',
    }),
  )
  const targets = [targetWith('healthy'), targetWith('draining'), ...unhealthy]
  const found = evidenceOf(balancedObservation({ targets }), ours).unhealthyTargets
  assert.deepEqual(
    found.map(({ target }) => target),
    [1, 2, 3, 4, 5].map((number) => `10.0.0.${number}:8080`),
  )
  assert.deepEqual(found[0], {
    target: '10.0.0.1:8080',
    targetGroupArn: 'blue',
    reason: 'Target.Timeout',
    description: 'Request timed out',
  })
})
