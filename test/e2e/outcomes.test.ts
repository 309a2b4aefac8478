import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { requestRollback } from '../../client/index.ts'
import { pushBootstrapImages } from '../../local/engine/bootstrap-images.ts'
import { until } from '../../local/process/until.ts'
import { openBerth } from './example-environment.ts'
import { begin, deploy, environmentWorkflow } from './deploying.ts'
import {
  deleteImage,
  deployByHand,
  digestOfTag,
  goWrong,
  holdUpdates,
  turnOffCircuitBreakers,
  untilAtStep,
} from './interventions.ts'
import { assertOutcome, nextRelease, resultIn, untilInLedger } from './outcome.ts'
import { answering, assertRuns, digestIn, digestsOf } from './what-runs.ts'
import { openYard, type Yard } from './local-stack.ts'

let yard: Yard
before(async () => {
  yard = await openYard()
})
after(() => yard?.close())

describe('a release ends as one outcome, and what runs is what it says', { concurrency: 5 }, () => {
  test('a rollback goes back by signal, by Update, and forth by command', async () => {
    const berth = await openBerth(yard, 'back')
    const first = await begin(yard, berth, await berth.commit('v1'))
    await untilInLedger(berth, first.releaseId)
    const second = await begin(yard, berth, await berth.commit('v2'))
    const v2 = await assertOutcome(yard, berth, { id: second.releaseId, outcome: 'succeeded' })
    await assertRuns(yard, berth, { result: v2, which: 'revision', version: 'v2' })

    await environmentWorkflow(yard, berth).signal('rollback', { reason: 'it is slow' })
    const id = await nextRelease(berth, 2)
    const toV1 = await assertOutcome(yard, berth, { id, outcome: 'succeeded' })
    await assertRuns(yard, berth, { result: toV1, which: 'revision', version: 'v1' })
    await assertRuns(yard, berth, { result: v2, which: 'wayBack', version: 'v1' })

    const accepted = await requestRollback(yard.temporal, {
      kind: 'rollback',
      target: berth.target,
      requestedBy: 'a test',
    })
    const toV0 = await assertOutcome(yard, berth, {
      id: accepted.releaseId,
      outcome: 'succeeded',
    })
    await assertRuns(yard, berth, { result: toV0, which: 'revision', version: 'v0' })

    const command = await berth.slipway('rollback', 'back', '--to', second.releaseId, '--json')
    const forth = await assertOutcome(yard, berth, {
      id: resultIn(command).id,
      outcome: 'succeeded',
      command,
    })
    await assertRuns(yard, berth, { result: forth, which: 'revision', version: 'v2' })
    await assertRuns(yard, berth, { result: v2, which: 'revision', version: 'v2' })
  })

  test('a good release is live, is unchanged when asked for again, and can be redeployed', async () => {
    const berth = await openBerth(yard, 'good')
    await berth.commit('v1')
    const result = await deploy(yard, berth, 'succeeded')
    await assertRuns(yard, berth, { result, which: 'revision', version: 'v1' })
    const { task } = await answering(yard, berth)
    const { events } = await yard.temporal.workflow.getHandle(result.id).fetchHistory()
    assert.ok(events && events.length <= 90, `${events?.length} events, for two services`)

    const again = await deploy(yard, berth, 'unchanged')
    assert.notEqual(again.id, result.id)
    assert.equal((await answering(yard, berth)).task, task)

    const command = await berth.slipway('redeploy', 'good', '--json')
    const { id } = resultIn(command)
    const redeployed = await assertOutcome(yard, berth, { id, outcome: 'succeeded', command })
    await assertRuns(yard, berth, { result: redeployed, which: 'revision', version: 'v1' })
    await assertRuns(yard, berth, { result, which: 'revision', version: 'v1' })
    assert.notEqual((await answering(yard, berth)).task, task)
  })

  test('in force mode the moving tag follows what runs, and points back with it', async () => {
    const berth = await openBerth(yard, 'force', {
      mode: 'force',
      firstImages: (uri) =>
        pushBootstrapImages(yard.aws.ecr, yard.engine, uri, ['api', 'worker'], 'latest'),
    })
    await berth.commit('v1')
    const good = await deploy(yard, berth, 'succeeded')
    await assertRuns(yard, berth, { result: good, which: 'revision', version: 'v1' })
    const { digest } = await answering(yard, berth)
    assert.equal(await digestOfTag(yard, berth, 'api-latest'), digest)

    await berth.commit('v2', 'failing')
    const sick = await deploy(yard, berth, 'rolled_back')
    await assertRuns(yard, berth, { result: sick, which: 'wayBack', version: 'v1' })
    await assertRuns(yard, berth, { result: good, which: 'revision', version: 'v1' })
    assert.equal(await digestOfTag(yard, berth, 'api-latest'), digest)
  })

  test('one whose health check fails is taken back', async () => {
    const berth = await openBerth(yard, 'sick')
    await berth.commit('v1', 'failing')
    const result = await deploy(yard, berth, 'rolled_back')
    assert.match(result.cause ?? '', /^The health check fails: /)
    await assertRuns(yard, berth, { result, which: 'wayBack', version: 'v0' })
  })

  test('one whose container crashes is taken back', async () => {
    const berth = await openBerth(yard, 'crash')
    await berth.commit('v1', 'crash')
    const result = await deploy(yard, berth, 'rolled_back')
    assert.match(result.cause ?? '', /^Container api exited with 1/)
    await assertRuns(yard, berth, { result, which: 'wayBack', version: 'v0' })
  })

  test('one whose image cannot be pulled is taken back', async () => {
    const berth = await openBerth(yard, 'pull')
    const letGo = await holdUpdates(yard, 'pull-api')
    const commit = await berth.commit('v1')
    const { releaseId: id } = await begin(yard, berth, commit)
    await untilAtStep(yard, id, 'deploy', 'api')
    await deleteImage(yard, berth, `api-${commit}`)
    await letGo()
    const result = await assertOutcome(yard, berth, { id, outcome: 'rolled_back' })
    assert.match(result.cause ?? '', /CannotPullContainerError/)
    await assertRuns(yard, berth, { result, which: 'wayBack', version: 'v0' })
  })

  test('one that is not stable in time, with no circuit breaker, is taken back', async () => {
    const berth = await openBerth(yard, 'late', {
      circuitBreaker: 'optional',
      stabilityTimeout: '8s',
    })
    await turnOffCircuitBreakers(yard, berth)
    await berth.commit('v1', 'failing')
    const result = await deploy(yard, berth, 'rolled_back')
    assert.match(result.message, /not stable|in time/)
    await assertRuns(yard, berth, { result, which: 'wayBack', version: 'v0' })
  })

  test('when the worker fails after the api went live, both come back', async () => {
    const berth = await openBerth(yard, 'both')
    await berth.commitWithBrokenWorker('v1')
    const result = await deploy(yard, berth, 'rolled_back')
    assert.match(result.message, /^worker: /)
    await assertRuns(yard, berth, { result, which: 'wayBack', version: 'v0' })
  })

  test('one that is cancelled, or rolled back on its way, brings back what it has touched', async () => {
    const berth = await openBerth(yard, 'cancel')
    for (const [count, verb] of (['cancel', 'rollback'] as const).entries()) {
      const letGo = await holdUpdates(yard, 'cancel-worker')
      await berth.commit(`v${count + 1}`)
      const deploying = berth.slipway('deploy', 'cancel', '--json')
      const id = await nextRelease(berth, count)
      await untilAtStep(yard, id, 'deploy', 'worker')
      assert.equal((await answering(yard, berth)).version, `v${count + 1}`)

      const asking = await berth.slipway(verb, 'cancel', '--json')
      assert.equal(asking.exitCode, 0, asking.output)
      const command = await deploying
      const result = await assertOutcome(yard, berth, { id, outcome: 'cancelled', command })
      await letGo()
      await assertRuns(yard, berth, { result, which: 'wayBack', version: 'v0' })
    }
  })

  test('when the way back fails as well, a person is told what runs', async () => {
    const berth = await openBerth(yard, 'stuck')
    const letGo = await holdUpdates(yard, 'stuck-worker')
    const { releaseId: id } = await begin(yard, berth, await berth.commitWithBrokenWorker('v1'))
    await untilAtStep(yard, id, 'deploy', 'worker')
    await goWrong(yard, { operation: 'ECS:UpdateService', kind: 'deny', about: 'stuck-api' })
    await letGo()
    const result = await assertOutcome(yard, berth, { id, outcome: 'rollback_failed' })
    assert.match(result.message, /The way back failed, too: api: .* A person is needed now\.$/)
    const { version, digest } = await answering(yard, berth)
    assert.deepEqual([version, digest], ['v1', digestIn(result, 'revision', 'api')])
    assert.deepEqual(await digestsOf(yard, berth, 'worker'), [
      digestIn(result, 'wayBack', 'worker'),
    ])
  })

  test('one that a deployment by hand replaces leaves that one alone', async () => {
    const berth = await openBerth(yard, 'byhand', { circuitBreaker: 'optional' })
    await turnOffCircuitBreakers(yard, berth)
    const { releaseId: id } = await begin(yard, berth, await berth.commit('v1', 'failing'))
    await untilAtStep(yard, id, 'wait', 'api')
    await deployByHand(yard, berth, { service: 'byhand-api', basis: 'byhand-api:1' })
    const result = await assertOutcome(yard, berth, { id, outcome: 'superseded' })
    await until(
      async () => (await answering(yard, berth)).taskDefinition.endsWith('/byhand-api:3'),
      { what: 'the revision made by hand to answer alone', timeoutMs: 60_000 },
    )
    await assertRuns(yard, berth, { result, which: 'wayBack', version: 'v0' })
  })

  test('one whose checks fail touches nothing', async () => {
    const berth = await openBerth(yard, 'checks')
    const first = await answering(yard, berth)
    await berth.commitRefusedByChecks('v1')
    const result = await deploy(yard, berth, 'rejected')
    assert.match(result.message, /grep/)
    assert.deepEqual(await answering(yard, berth), first)
  })

  test('the same commit asked for twice at once is one release', async () => {
    const berth = await openBerth(yard, 'twice')
    const commit = await berth.commit('v1')
    const both = await Promise.all([begin(yard, berth, commit), begin(yard, berth, commit)])
    assert.equal(both[0].releaseId, both[1].releaseId)
    assert.equal(both.filter(({ joined }) => joined).length, 1)
    const [{ releaseId: id }] = both
    const result = await assertOutcome(yard, berth, { id, outcome: 'succeeded' })
    await assertRuns(yard, berth, { result, which: 'revision', version: 'v1' })
    assert.equal((await berth.status()).releases.length, 1)
  })
})
