import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { endWithLogs } from '../../../../activities/deploy/failure-evidence.ts'
import type { RolloutFailure } from '../../../../contract/activity-types.ts'
import type { FailedTask } from '../../../../rollout/failed-tasks.ts'
import { revision, taskDefinition } from '../ecs-answers.ts'
import { awsError, fakeAws, type Answers } from '../fake-aws.ts'
import { specWith } from '../../environment-specs.ts'

const id = 'c'.repeat(32)

const failed: FailedTask = {
  task: id,
  taskDefinition: revision(2),
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  container: 'api',
  exitCode: 1,
  containerReason: '',
  times: 1,
}

const awslogs = {
  logDriver: 'awslogs',
  options: { 'awslogs-group': '/mailman', 'awslogs-stream-prefix': 'ecs' },
}

const answers = (messages: readonly string[], logConfiguration: object = awslogs): Answers => ({
  DescribeTaskDefinition: () => ({
    taskDefinition: taskDefinition(2, {
      containerDefinitions: [{ name: 'api', logConfiguration }],
    }),
  }),
  GetLogEvents: () => ({ events: messages.map((message) => ({ message })) }),
})

async function taskWithLogs(given: Answers, spec = specWith()): Promise<FailedTask | undefined> {
  const end: RolloutFailure = {
    kind: 'failed',
    reason: 'it died',
    cause: '',
    failedTasks: [failed],
  }
  const after = await endWithLogs(fakeAws(given).clients, spec, end)
  return after.kind === 'succeeded' ? undefined : after.failedTasks?.[0]
}

describe('the last log lines of a failed task', () => {
  test('come from the stream that the awslogs driver names', async () => {
    const aws = fakeAws(answers(['starting', 'panic: no database\nat main.rs:7']))
    const end = await endWithLogs(aws.clients, specWith(), {
      kind: 'failed',
      reason: '',
      cause: '',
      failedTasks: [failed],
    })
    assert.deepEqual(end.kind === 'failed' && end.failedTasks?.[0]?.logs, [
      'starting',
      'panic: no database',
      'at main.rs:7',
    ])
    assert.deepEqual(aws.calls.find(({ operation }) => operation === 'GetLogEvents')?.input, {
      logGroupName: '/mailman',
      logStreamName: `ecs/api/${id}`,
      limit: 20,
      startFromHead: false,
    })
  })

  test('are at most 20 of at most 500 characters, without control sequences', async () => {
    const lines = Array.from({ length: 30 }, (_, at) => `line ${at}`)
    const task = await taskWithLogs(
      answers([...lines, `\u001b[31mred\u001b[0m\u0007 ${'x'.repeat(900)}`]),
    )
    assert.equal(task?.logs?.length, 20)
    assert.equal(task.logs[0], 'line 11')
    assert.match(task.logs.at(-1) ?? '', /^red {1,2}x+…$/)
    assert.equal(task.logs.at(-1)?.length, 500)
  })

  test('come with a reason if they are missing', async () => {
    const failing = (error: Error): Answers => ({
      ...answers([]),
      GetLogEvents: () => {
        throw error
      },
    })
    const denied = await taskWithLogs(failing(awsError('AccessDeniedException')))
    assert.match(denied?.withoutLogs ?? '', /logs:GetLogEvents/)
    const gone = await taskWithLogs(failing(awsError('ResourceNotFoundException')))
    assert.match(gone?.withoutLogs ?? '', /no such log group or stream/)
    const other = await taskWithLogs(answers([], { logDriver: 'fluentd' }))
    assert.match(other?.withoutLogs ?? '', /log driver fluentd, not awslogs/)
    const empty = await taskWithLogs(answers([]))
    assert.match(empty?.withoutLogs ?? '', /\/mailman\/ecs\/api\/c+ is empty/)
    const noDefinition = await taskWithLogs({})
    assert.notEqual(noDefinition?.withoutLogs, undefined)
  })

  test('are left out if the configuration says so', async () => {
    const task = await taskWithLogs(answers(['secret']), specWith({ failure: { logs: false } }))
    assert.deepEqual(task, failed)
  })
})
