import assert from 'node:assert/strict'
import { test } from 'node:test'
import { targetsAreUnreadable, tasksAreUnreadable } from '../../../rollout/unreadable.ts'

const reason = 'AccessDeniedException'
const tasks = { what: 'tasks', reason } as const
const blue = { what: 'targets', targetGroupArn: 'blue', reason } as const
const green = { what: 'targets', targetGroupArn: 'green', reason } as const

test('unreadable tasks say nothing about targets', () => {
  assert.equal(tasksAreUnreadable({ unreadable: [blue, tasks] }), true)
  assert.equal(tasksAreUnreadable({ unreadable: [blue] }), false)
  assert.equal(targetsAreUnreadable({ unreadable: [tasks] }, 'blue'), false)
})

test('unreadable targets are those of one target group', () => {
  assert.equal(targetsAreUnreadable({ unreadable: [tasks, green, blue] }, 'blue'), true)
  assert.equal(targetsAreUnreadable({ unreadable: [tasks, green] }, 'blue'), false)
})

test('everything was read unless the observation says otherwise', () => {
  assert.equal(tasksAreUnreadable({}), false)
  assert.equal(targetsAreUnreadable({}, 'blue'), false)
})
