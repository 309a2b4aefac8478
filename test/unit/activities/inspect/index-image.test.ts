import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { answersOf, task, taskDefinition } from '../ecs-answers.ts'
import { digestA, digestB, registry, specWith } from '../../environment-specs.ts'
import { inspect } from './inspect-answers.ts'

const digestC = `sha256:${'c'.repeat(64)}`
const body = JSON.stringify({
  manifests: [digestA, digestB].map((digest) => ({ digest })),
})
const index = `sha256:${createHash('sha256').update(body).digest('hex')}`

/** What runs if tasks of one image by its tag report these digests, and the tag points at the index. */
async function running(...digests: readonly string[]) {
  const image = `${registry}/mailman-api:api-latest`
  const tasks = digests.map((imageDigest, number) =>
    task({ taskArn: `task/${number}`, containers: [{ name: 'api', image, imageDigest }] }),
  )
  const containerDefinitions = [{ name: 'api', image }]
  const answers = {
    ...answersOf(),
    ListTasks: ({ desiredStatus }: { desiredStatus?: unknown }) => ({
      taskArns: desiredStatus === 'RUNNING' ? tasks.map(({ taskArn }) => taskArn) : [],
    }),
    DescribeTasks: () => ({ tasks }),
    DescribeTaskDefinition: () => ({ taskDefinition: taskDefinition(1, { containerDefinitions }) }),
    BatchGetImage: ({ imageIds }: { imageIds?: unknown }) => {
      const [{ imageTag = '' } = {}] = imageIds as { imageTag?: string }[]
      return { images: imageTag === 'api-latest' ? [{ imageManifest: body }] : [] }
    },
  }
  const { services } = await inspect(answers, specWith({ mode: 'force' }))
  return services[0]?.now
}

describe('what runs by a tag that points at an index', () => {
  const imageDigests = { api: [index, digestA, digestB] }

  test('is the index if tasks report one of its manifests, several of them, or itself', async () => {
    for (const reported of [[digestB], [digestA, digestB], [index, digestA]]) {
      const now = await running(...reported)
      assert.deepEqual([now?.digests, now?.imageDigests], [{ api: index }, imageDigests])
    }
  })

  test('is what tasks report if the tag points at something else by now', async () => {
    const now = await running(digestC)
    assert.deepEqual([now?.digests, now?.imageDigests], [{ api: digestC }, undefined])
    assert.deepEqual((await running(digestA, digestC))?.digests, {})
  })
})
