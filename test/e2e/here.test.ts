import assert from 'node:assert/strict'
import { appendFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openExample } from './example-environment.ts'
import { assertOutcome, resultIn } from './outcome.ts'
import { assertRuns } from './what-runs.ts'
import { openLocalStack, type LocalStack } from './local-stack.ts'

let stack: LocalStack
before(async () => {
  stack = await openLocalStack()
})
after(() => stack?.close())

/** The task queue of each activity of a release that was scheduled, by the activity's name. */
async function queuesIn(id: string): Promise<ReadonlyMap<string, string>> {
  const { events } = await stack.temporal.workflow.getHandle(id).fetchHistory()
  return new Map(
    (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name && scheduled.taskQueue?.name
        ? [[scheduled.activityType.name, scheduled.taskQueue.name] as const]
        : [],
    ),
  )
}

describe('a command that does part of the release itself', { concurrency: 2 }, () => {
  test('builds and pushes what then runs, and leaves the rest to the worker', async () => {
    const example = await openExample(stack, 'built')
    const commit = await example.commit('v1')
    const command = await example.slipway('deploy', 'built', '--build-here', '--json')
    const { id } = resultIn(command)
    const result = await assertOutcome(stack, example, { id, outcome: 'succeeded', command })
    await assertRuns(stack, example, { result, which: 'revision', version: 'v1' })
    const queues = await queuesIn(id)
    const shared = `slipway-builder-here/built/${commit}`
    assert.equal(queues.get('prepareSource'), shared)
    for (const step of ['runChecks', 'buildImage', 'pushImage']) {
      assert.ok(queues.get(step)?.startsWith(`${shared}@`), `${step} on ${queues.get(step)}`)
    }
    assert.equal(queues.get('updateService'), 'slipway')
  })

  test('does the whole release if there is no worker', async () => {
    const example = await openExample(stack, 'alone')
    const own = '\ntaskQueues: { release: alone, builder: alone-builder }\n'
    await appendFile(path.join(example.checkout, 'slipway.yaml'), own)
    await example.commit('v1')
    const command = await example.slipway('deploy', 'alone', '--worker-here', '--json')
    const result = resultIn(command)
    const { id } = result
    assert.equal(result.outcome, 'succeeded', command.output)
    assert.equal(command.exitCode, 0)
    await assertRuns(stack, example, { result, which: 'revision', version: 'v1' })
    assert.equal((await queuesIn(id)).get('updateService'), 'alone')
  })
})
