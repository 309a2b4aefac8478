import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { ReleaseActivities } from '../../contract/activities.ts'
import { arn, digestOf, fakes, specFor } from './fixtures.ts'
import { newQueue, resultOf, startHarness, startRelease, withWorker } from './harness.ts'
import { runRelease } from './run-release.ts'

const harness = await startHarness()
after(() => harness.close())

const manifest = `sha256:${'f'.repeat(64)}`

/** What an index lists, for the services of `specFor`. */
const imageDigests = (name: string, revision: number) => ({
  [name]: [digestOf(name, revision), manifest],
})

/** Services whose tasks run revision 7, and report their digest so. */
const runningWith =
  (digest: (name: string) => string): ReleaseActivities['inspectEnvironment'] =>
  async ({ spec }) => ({
    services: spec.services.map(({ name }) => {
      const now = {
        taskDefinition: arn(name, 7),
        digests: { [name]: digest(name) },
        imageDigests: imageDigests(name, 7),
      }
      const rollbackTarget = { ...now, deploymentId: 'ecs-svc/7', hasSucceeded: true }
      return { name, now, rollbackTarget, desiredCount: 1 }
    }),
    warnings: [],
  })

test('a release of the index that runs changes nothing, if tasks report a manifest of it', async () => {
  const { result } = await runRelease(harness, {
    inspectEnvironment: runningWith(() => manifest),
    registerRevisions: async ({ spec }) =>
      spec.services.map(({ name }) => ({
        service: name,
        taskDefinition: arn(name, 7),
        digests: { [name]: digestOf(name, 7) },
        imageDigests: imageDigests(name, 7),
        registered: false,
      })),
  })
  assert.equal(result.outcome, 'unchanged')
})

test('a redeploy knows what the index lists and checks it, and the ledger does not keep it', async () => {
  const queue = newQueue()
  const seen: unknown[] = []
  const inspectEnvironment = runningWith((name) => digestOf(name, 7))
  const fake = fakes(queue, {
    inspectEnvironment: async (input) => {
      seen.push(input.kind)
      return await inspectEnvironment(input)
    },
    waitForRollout: async ({ revision, before }) => {
      seen.push(revision.imageDigests, before?.imageDigests)
      return { kind: 'succeeded', basis: 'service deployment', summary: '' }
    },
  })
  await withWorker(harness, queue, fake, async () => {
    const spec = specFor(queue)
    const handle = await startRelease(harness, { kind: 'redeploy', spec, requestedBy: 'ann' })
    const result = await resultOf(handle)
    assert.equal(result.outcome, 'succeeded')
    assert.doesNotMatch(JSON.stringify(result), /imageDigests/)
  })
  const [api, worker] = [imageDigests('api', 7), imageDigests('worker', 7)]
  assert.deepEqual(seen, ['redeploy', api, api, worker, worker])
})
