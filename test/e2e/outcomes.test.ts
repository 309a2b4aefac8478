import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { requestRollback } from '../../client/index.ts'
import { pushBootstrapImages } from '../../local/engine/bootstrap-images.ts'
import { until } from '../../local/process/until.ts'
import { openExample } from './example-environment.ts'
import { begin, deploy, environmentWorkflow } from './deploying.ts'
import {
  deleteImage,
  deployByHand,
  digestOfTag,
  injectFault,
  holdUpdates,
  turnOffCircuitBreakers,
  untilAtStep,
} from './interventions.ts'
import { assertOutcome, nextRelease, resultIn, untilInLedger } from './outcome.ts'
import { answering, assertRuns, digestIn, digestsOf } from './what-runs.ts'
import { openLocalStack, type LocalStack } from './local-stack.ts'

let stack: LocalStack
before(async () => {
  stack = await openLocalStack()
})
after(() => stack?.close())

describe(
  'a release ends as one outcome, and what it reports is what runs',
  { concurrency: 5 },
  () => {
    test('rolls back by signal and by Update, and forward by command', async () => {
      const example = await openExample(stack, 'back')
      const first = await begin(stack, example, await example.commit('v1'))
      await untilInLedger(example, first.releaseId)
      const second = await begin(stack, example, await example.commit('v2'))
      const v2 = await assertOutcome(stack, example, { id: second.releaseId, outcome: 'succeeded' })
      await assertRuns(stack, example, { result: v2, which: 'revision', version: 'v2' })

      await environmentWorkflow(stack, example).signal('rollback', { reason: 'it is slow' })
      const id = await nextRelease(example, 2)
      const toV1 = await assertOutcome(stack, example, { id, outcome: 'succeeded' })
      await assertRuns(stack, example, { result: toV1, which: 'revision', version: 'v1' })
      await assertRuns(stack, example, { result: v2, which: 'rollbackTarget', version: 'v1' })

      const accepted = await requestRollback(stack.temporal, {
        kind: 'rollback',
        spec: example.spec,
        requestedBy: 'a test',
      })
      const toV0 = await assertOutcome(stack, example, {
        id: accepted.releaseId,
        outcome: 'succeeded',
      })
      await assertRuns(stack, example, { result: toV0, which: 'revision', version: 'v0' })

      const command = await example.slipway('rollback', 'back', '--to', second.releaseId, '--json')
      const forth = await assertOutcome(stack, example, {
        id: resultIn(command).id,
        outcome: 'succeeded',
        command,
      })
      await assertRuns(stack, example, { result: forth, which: 'revision', version: 'v2' })
      await assertRuns(stack, example, { result: v2, which: 'revision', version: 'v2' })
    })

    test('a good release is live, is unchanged when requested again, and can be redeployed', async () => {
      const example = await openExample(stack, 'good')
      await example.commit('v1')
      const result = await deploy(stack, example, 'succeeded')
      await assertRuns(stack, example, { result, which: 'revision', version: 'v1' })
      const { task } = await answering(stack, example)
      const { events } = await stack.temporal.workflow.getHandle(result.id).fetchHistory()
      assert.ok(events && events.length <= 90, `${events?.length} events, for two services`)

      const again = await deploy(stack, example, 'unchanged')
      assert.notEqual(again.id, result.id)
      assert.equal((await answering(stack, example)).task, task)

      const command = await example.slipway('redeploy', 'good', '--json')
      const { id } = resultIn(command)
      const redeployed = await assertOutcome(stack, example, { id, outcome: 'succeeded', command })
      await assertRuns(stack, example, { result: redeployed, which: 'revision', version: 'v1' })
      await assertRuns(stack, example, { result, which: 'revision', version: 'v1' })
      assert.notEqual((await answering(stack, example)).task, task)
    })

    test('in force mode the moving tag follows what runs, also in a rollback', async () => {
      const example = await openExample(stack, 'force', {
        mode: 'force',
        firstImages: (uri) =>
          pushBootstrapImages(stack.aws.ecr, stack.engine, uri, ['api', 'worker'], 'latest'),
      })
      await example.commit('v1')
      const good = await deploy(stack, example, 'succeeded')
      await assertRuns(stack, example, { result: good, which: 'revision', version: 'v1' })
      const { digest } = await answering(stack, example)
      assert.equal(await digestOfTag(stack, example, 'api-latest'), digest)

      await example.commit('v2', 'failing')
      const unhealthy = await deploy(stack, example, 'rolled_back')
      await assertRuns(stack, example, {
        result: unhealthy,
        which: 'rollbackTarget',
        version: 'v1',
      })
      await assertRuns(stack, example, { result: good, which: 'revision', version: 'v1' })
      assert.equal(await digestOfTag(stack, example, 'api-latest'), digest)
    })

    test('a release whose health check fails is rolled back', async () => {
      const example = await openExample(stack, 'unhealthy')
      await example.commit('v1', 'failing')
      const result = await deploy(stack, example, 'rolled_back')
      assert.match(result.cause ?? '', /^The health check fails: /)
      await assertRuns(stack, example, { result, which: 'rollbackTarget', version: 'v0' })
    })

    test('a release whose container crashes is rolled back', async () => {
      const example = await openExample(stack, 'crash')
      await example.commit('v1', 'crash')
      const result = await deploy(stack, example, 'rolled_back')
      assert.match(result.cause ?? '', /^Container api exited with 1/)
      await assertRuns(stack, example, { result, which: 'rollbackTarget', version: 'v0' })
    })

    test('a release whose image cannot be pulled is rolled back', async () => {
      const example = await openExample(stack, 'pull')
      const letGo = await holdUpdates(stack, 'pull-api')
      const commit = await example.commit('v1')
      const { releaseId: id } = await begin(stack, example, commit)
      await untilAtStep(stack, id, 'deploy', 'api')
      await deleteImage(stack, example, `api-${commit}`)
      await letGo()
      const result = await assertOutcome(stack, example, { id, outcome: 'rolled_back' })
      assert.match(result.cause ?? '', /CannotPullContainerError/)
      await assertRuns(stack, example, { result, which: 'rollbackTarget', version: 'v0' })
    })

    test('a release that is not stable in time, without a circuit breaker, is rolled back', async () => {
      const example = await openExample(stack, 'late', {
        circuitBreaker: 'optional',
        stabilityTimeout: '8s',
      })
      await turnOffCircuitBreakers(stack, example)
      await example.commit('v1', 'failing')
      const result = await deploy(stack, example, 'rolled_back')
      assert.match(result.message, /not stable|in time/)
      await assertRuns(stack, example, { result, which: 'rollbackTarget', version: 'v0' })
    })

    test('both services are rolled back if the worker fails after the api went live', async () => {
      const example = await openExample(stack, 'both')
      await example.commitWithBrokenWorker('v1')
      const result = await deploy(stack, example, 'rolled_back')
      assert.match(result.message, /^worker: /)
      await assertRuns(stack, example, { result, which: 'rollbackTarget', version: 'v0' })
    })

    test('a release that is cancelled, or rolled back while it runs, restores what it changed', async () => {
      const example = await openExample(stack, 'cancel')
      for (const [count, verb] of (['cancel', 'rollback'] as const).entries()) {
        const letGo = await holdUpdates(stack, 'cancel-worker')
        await example.commit(`v${count + 1}`)
        const deploying = example.slipway('deploy', 'cancel', '--json')
        const id = await nextRelease(example, count)
        await untilAtStep(stack, id, 'deploy', 'worker')
        assert.equal((await answering(stack, example)).version, `v${count + 1}`)

        const asking = await example.slipway(verb, 'cancel', '--json')
        assert.equal(asking.exitCode, 0, asking.output)
        const command = await deploying
        const result = await assertOutcome(stack, example, { id, outcome: 'cancelled', command })
        await letGo()
        await assertRuns(stack, example, { result, which: 'rollbackTarget', version: 'v0' })
      }
    })

    test('if the rollback fails as well, the result says what runs', async () => {
      const example = await openExample(stack, 'stuck')
      const letGo = await holdUpdates(stack, 'stuck-worker')
      const { releaseId: id } = await begin(
        stack,
        example,
        await example.commitWithBrokenWorker('v1'),
      )
      await untilAtStep(stack, id, 'deploy', 'worker')
      await injectFault(stack, { operation: 'ECS:UpdateService', kind: 'deny', about: 'stuck-api' })
      await letGo()
      const result = await assertOutcome(stack, example, { id, outcome: 'rollback_failed' })
      assert.match(result.message, /The rollback failed, too: api: .* A person is needed now\.$/)
      const { version, digest } = await answering(stack, example)
      assert.deepEqual([version, digest], ['v1', digestIn(result, 'revision', 'api')])
      assert.deepEqual(await digestsOf(stack, example, 'worker'), [
        digestIn(result, 'rollbackTarget', 'worker'),
      ])
    })

    test('a release that a manual deployment replaces leaves that one alone', async () => {
      const example = await openExample(stack, 'byhand', { circuitBreaker: 'optional' })
      await turnOffCircuitBreakers(stack, example)
      const { releaseId: id } = await begin(stack, example, await example.commit('v1', 'failing'))
      await untilAtStep(stack, id, 'wait', 'api')
      await deployByHand(stack, example, { service: 'byhand-api', base: 'byhand-api:1' })
      const result = await assertOutcome(stack, example, { id, outcome: 'superseded' })
      await until(
        async () => (await answering(stack, example)).taskDefinition.endsWith('/byhand-api:3'),
        { what: 'the revision made by hand to answer alone', timeoutMs: 60_000 },
      )
      await assertRuns(stack, example, { result, which: 'rollbackTarget', version: 'v0' })
    })

    test('a release whose checks fail changes nothing', async () => {
      const example = await openExample(stack, 'checks')
      const first = await answering(stack, example)
      await example.commitWithFailingChecks('v1')
      const result = await deploy(stack, example, 'rejected')
      assert.match(result.message, /grep/)
      assert.deepEqual(await answering(stack, example), first)
    })

    test('two simultaneous requests for one commit are one release', async () => {
      const example = await openExample(stack, 'twice')
      const commit = await example.commit('v1')
      const both = await Promise.all([begin(stack, example, commit), begin(stack, example, commit)])
      assert.equal(both[0].releaseId, both[1].releaseId)
      assert.equal(both.filter(({ joined }) => joined).length, 1)
      const [{ releaseId: id }] = both
      const result = await assertOutcome(stack, example, { id, outcome: 'succeeded' })
      await assertRuns(stack, example, { result, which: 'revision', version: 'v1' })
      assert.equal((await example.status()).releases.length, 1)
    })
  },
)
