import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openExample } from './example-environment.ts'
import { begin, deploy } from './deploying.ts'
import {
  deleteService,
  deregister,
  digestOfTag,
  injectFault,
  holdUpdates,
  untilAtStep,
  untilReported,
} from './interventions.ts'
import { assertOutcome, resultIn } from './outcome.ts'
import { until } from '../../local/process/until.ts'
import { answering, assertRuns } from './what-runs.ts'
import { openLocalStack, type LocalStack } from './local-stack.ts'

/**
 * Failures at AWS in the middle of a release, on a real stack: the release ends, names the cause, and
 * reports what really runs.
 */

let stack: LocalStack
before(async () => {
  stack = await openLocalStack()
})
after(() => stack?.close())

describe('a release that AWS obstructs', { concurrency: 4 }, () => {
  test('is rejected and changes nothing if ECS refuses its first deployment', async () => {
    const example = await openExample(stack, 'denied')
    await example.commit('v1')
    await deploy(stack, example, 'succeeded')
    const first = await answering(stack, example)
    await example.commit('v2')
    const about = 'denied-api'
    const allow = await injectFault(stack, { operation: 'ECS:UpdateService', kind: 'deny', about })
    const result = await deploy(stack, example, 'rejected')
    assert.match(result.message, /^api: AWS denies .*"ecs:UpdateService"/)
    assert.match(result.message, /Nothing was touched: what ran before still runs\.$/)
    assert.deepEqual(await answering(stack, example), first)
    assert.equal(await digestOfTag(stack, example, 'api-latest'), first.digest)

    await allow()
    const again = await deploy(stack, example, 'succeeded')
    await assertRuns(stack, example, { result: again, which: 'revision', version: 'v2' })
    assert.match((await answering(stack, example)).taskDefinition, /denied-api:3$/)
  })

  test('rolls back the first service if ECS refuses the second deployment', async () => {
    const example = await openExample(stack, 'halfway')
    await example.commit('v1')
    await injectFault(stack, {
      operation: 'ECS:UpdateService',
      kind: 'refuse',
      code: 'InvalidParameterException',
      message: 'The container does not expose that port.',
      about: 'halfway-worker',
    })
    const result = await deploy(stack, example, 'rolled_back')
    assert.match(result.message, /^worker: ECS does not start halfway-worker:2 .* that port/)
    await assertRuns(stack, example, { result, which: 'rollbackTarget', version: 'v0' })
  })

  test('rolls back to a copy if its rollback target was deregistered meanwhile', async () => {
    const example = await openExample(stack, 'gone')
    await example.commit('v1')
    const first = await deploy(stack, example, 'succeeded')
    const v1 = await answering(stack, example)
    const letGo = await holdUpdates(stack, 'gone-worker')
    const { releaseId: id } = await begin(
      stack,
      example,
      await example.commitWithBrokenWorker('v2'),
    )
    await untilAtStep(stack, id, 'deploy', 'worker')
    await deregister(stack, 'gone-api:2')
    await letGo()
    const result = await assertOutcome(stack, example, { id, outcome: 'rolled_back' })
    assert.match(result.message, /gone-api:2 had been deregistered: gone-api:4, a copy of it/)
    await assertRuns(stack, example, { result, which: 'rollbackTarget', version: 'v1' })
    const now = await answering(stack, example)
    assert.equal(now.digest, v1.digest)
    assert.match(now.taskDefinition, /gone-api:4$/)

    // A manual rollback to that release resolves to the copy, too; the old revision is rejected.
    const named = await example.slipway('rollback', 'gone', '--to', 'gone-api:2')
    assert.equal(named.exitCode, 2, named.output)
    assert.match(named.output, /gone-api:2 is INACTIVE.*slipway deploy gone --commit [0-9a-f]{40}/s)
    const command = await example.slipway('rollback', 'gone', '--to', first.id, '--json')
    const back = resultIn(command)
    await assertOutcome(stack, example, { id: back.id, outcome: 'unchanged', command })
    assert.equal((await answering(stack, example)).taskDefinition, now.taskDefinition)
  })

  test('needs a person if a service is deleted meanwhile, and rolls back the other', async () => {
    const example = await openExample(stack, 'deleted')
    const letGo = await holdUpdates(stack, 'deleted-worker')
    const { releaseId: id } = await begin(stack, example, await example.commit('v1'))
    await untilAtStep(stack, id, 'deploy', 'worker')
    await deleteService(stack, example, 'deleted-worker')
    await letGo()
    const result = await assertOutcome(stack, example, { id, outcome: 'rollback_failed' })
    assert.match(
      result.message,
      /^worker: Service "deleted-worker" .* is (DRAINING|INACTIVE), not ACTIVE\./,
    )
    assert.match(
      result.message,
      /rollback failed, too: worker: service "deleted-worker" is (DRAINING|INACTIVE), so it cannot be rolled back/,
    )
    assert.equal((await answering(stack, example)).version, 'v0')
  })

  test('continues if its credentials expire during a wait and are renewed', async () => {
    const example = await openExample(stack, 'renewed')
    const { releaseId: id } = await begin(stack, example, await example.commit('v1'))
    await untilAtStep(stack, id, 'wait', 'api')
    const renew = await injectFault(stack, { operation: 'ECS:*', kind: 'expire', about: 'renewed' })
    await untilReported(stack, id, /cannot poll AWS: .*expired.*; renew the worker's credentials/)
    await renew()
    const result = await assertOutcome(stack, example, { id, outcome: 'succeeded' })
    await assertRuns(stack, example, { result, which: 'revision', version: 'v1' })
  })

  test('rolls back once its expired credentials are renewed', async () => {
    const example = await openExample(stack, 'rotated', { stabilityTimeout: '15s' })
    const { releaseId: id } = await begin(stack, example, await example.commit('v1'))
    await untilAtStep(stack, id, 'wait', 'api')
    const renew = await injectFault(stack, { operation: 'ECS:*', kind: 'expire', about: 'rotated' })
    await untilAtStep(stack, id, 'credentials')
    const { output } = await example.slipway('status', 'rotated')
    assert.match(output, /does not accept the worker's credentials.* until \d\d:\d\d UTC/)
    await renew()
    const result = await assertOutcome(stack, example, { id, outcome: 'rolled_back' })
    await assertRuns(stack, example, { result, which: 'rollbackTarget', version: 'v0' })
  })

  test('needs a person if the credentials for the rollback are not renewed', async () => {
    const example = await openExample(stack, 'stale')
    const spec = { ...example.spec, rollback: { timeoutMs: 12_000 } }
    const { releaseId: id } = await begin(stack, { ...example, spec }, await example.commit('v1'))
    await untilAtStep(stack, id, 'wait', 'api')
    const renew = await injectFault(stack, {
      operation: 'ECS:*',
      kind: 'expire',
      about: 'stale',
    })
    await untilReported(stack, id, /cannot poll AWS: /)
    await stack.temporal.workflow.getHandle(id).cancel()
    const result = await assertOutcome(stack, example, { id, outcome: 'rollback_failed' })
    assert.match(
      result.message,
      /rollback failed, too: api: AWS does not accept .*ExpiredToken.*Renew them where.* had not been renewed by \d\d:\d\d UTC\..* A person is needed now\./,
    )
    await renew()
    await until(async () => (await answering(stack, example)).version === 'v1', {
      what: 'ECS to complete the deployment that no release watches',
      timeoutMs: 60_000,
    })
    const again = await deploy(stack, example, 'succeeded')
    // The API is live already, so only the worker is left to do.
    assert.deepEqual(
      again.services.map(({ name }) => name),
      ['worker'],
    )
    assert.equal((await answering(stack, example)).version, 'v1')
  })
})
