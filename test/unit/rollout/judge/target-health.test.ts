import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ObservedTarget, ObservedTask } from '../../../../rollout/observation.ts'
import { healthGap } from '../../../../rollout/target-health.ts'
import { observationWith, targetWith, taskWith } from '../observations.ts'

const blue = { targetGroupArn: 'blue' }
const blueGreen = { ...blue, advancedConfiguration: { alternateTargetGroupArn: 'green' } }

function gap(
  targets: readonly ObservedTarget[],
  {
    loadBalancers = [blue],
    tasks = [taskWith()],
    wanted = 1,
  }: { loadBalancers?: object[]; tasks?: readonly ObservedTask[]; wanted?: number } = {},
) {
  const observation = observationWith({ service: { loadBalancers }, targets, tasks })
  return healthGap(observation, tasks, wanted)
}

const missing = (healthy: number, wanted: number) => ({ kind: 'targets missing', healthy, wanted })

test('every load balancer has as many healthy targets as wanted', () => {
  assert.equal(gap([targetWith('healthy')]), undefined)
  assert.deepEqual(gap([]), missing(0, 1))
  assert.deepEqual(gap([targetWith('healthy')], { wanted: 2 }), missing(1, 2))
  const loadBalancers = [blue, { targetGroupArn: 'admin' }]
  assert.deepEqual(gap([targetWith('healthy')], { loadBalancers }), missing(0, 1))
  assert.equal(gap([], { loadBalancers: [] }), undefined)
})

test('a draining target keeps nothing, and does not count', () => {
  assert.deepEqual(gap([targetWith('draining')]), missing(0, 1))
  assert.equal(gap([targetWith('draining'), targetWith('healthy')]), undefined)
})

test('any other state keeps it, and is counted', () => {
  const targets = [targetWith('healthy'), targetWith('initial'), targetWith('unhealthy')]
  assert.deepEqual(gap(targets), { kind: 'targets unhealthy', count: 2, state: 'initial' })
  assert.deepEqual(gap([targetWith('unused')]), {
    kind: 'targets unhealthy',
    count: 1,
    state: 'unused',
  })
})

const green = (state: string) => targetWith(state, { targetGroupArn: 'green' })

test('both target groups of blue/green count together, and one may be unused', () => {
  const loadBalancers = [blueGreen]
  assert.equal(gap([targetWith('unused'), green('healthy')], { loadBalancers }), undefined)
  assert.equal(gap([targetWith('healthy'), green('unused')], { loadBalancers }), undefined)
  const admin = { targetGroupArn: 'admin' }
  const three = [targetWith('unused'), green('healthy'), targetWith('healthy', admin)]
  assert.equal(gap(three, { loadBalancers: [blueGreen, admin] }), undefined)
  const both = [targetWith('healthy'), green('healthy')]
  assert.equal(gap(both, { loadBalancers, wanted: 2 }), undefined)
  assert.deepEqual(gap([targetWith('unused'), green('unhealthy')], { loadBalancers }), {
    kind: 'targets unhealthy',
    count: 1,
    state: 'unhealthy',
  })
  const other = targetWith('unused', { targetGroupArn: 'admin' })
  assert.equal(gap([other, green('healthy')], { loadBalancers })?.kind, 'targets unhealthy')
})

test('addresses of its tasks tell a service its targets, if all of them have one', () => {
  const mine = targetWith('healthy')
  const theirs = targetWith('unhealthy', { id: '10.9.9.9' })
  const addressed = taskWith({ addresses: ['10.0.0.1'] })
  assert.equal(gap([mine, theirs], { tasks: [addressed] }), undefined)
  assert.equal(gap([mine, theirs], { tasks: [addressed, taskWith()] })?.kind, 'targets unhealthy')
  assert.equal(gap([theirs], { tasks: [] })?.kind, 'targets unhealthy')
})
