import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr'
import { DescribeTaskDefinitionCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { deploy } from './deploying.ts'
import { openExample, type ExampleEnvironment } from './example-environment.ts'
import { openLocalStack, type LocalStack } from './local-stack.ts'
import { assertOutcome, resultIn } from './outcome.ts'
import { assertRuns } from './what-runs.ts'

let stack: LocalStack
before(async () => {
  stack = await openLocalStack()
})
after(() => stack?.close())

const registryId = '444455556666'
const region = 'eu-central-1'
const repositoryName = 'team/hello'

/** Replaces text in the configuration of an example, wherever it is. */
async function reconfigure({ checkout }: ExampleEnvironment, from: string, to: string) {
  const file = path.join(checkout, 'slipway.yaml')
  const text = await readFile(file, 'utf8')
  assert.ok(text.includes(from), text)
  await writeFile(file, text.replaceAll(from, to))
}

test('images of the registry of another account and region are deployed and rolled back to', async () => {
  const example = await openExample(stack, 'outpost')
  const { endpoint, credentials } = stack.aws.ecr.config
  const url = await endpoint?.()
  assert.ok(url)
  const ecr = new ECRClient({ endpoint: url, credentials, region })
  const made = await ecr.send(new CreateRepositoryCommand({ repositoryName, registryId }))
  const address = `${registryId}.dkr.ecr.${region}.amazonaws.com/${repositoryName}`
  await reconfigure(example, `repository: ${example.names.repository}`, `repository: ${address}`)
  const commit = await example.commit('v1')
  const first = await deploy(stack, example, 'succeeded')
  await assertRuns(stack, example, { result: first, which: 'revision', version: 'v1' })
  const { taskDefinition } = await stack.aws.ecs.send(
    new DescribeTaskDefinitionCommand({
      taskDefinition: first.services[0]?.revision.taskDefinition ?? '',
    }),
  )
  const imageIds = [{ imageTag: `api-${commit}` }]
  const { imageDetails } = await ecr.send(
    new DescribeImagesCommand({ repositoryName, registryId, imageIds }),
  )
  assert.equal(
    taskDefinition?.containerDefinitions?.[0]?.image,
    `${made.repository?.repositoryUri}@${imageDetails?.[0]?.imageDigest}`,
  )
  assert.ok(imageDetails?.[0]?.imageTags?.includes('api-latest'))

  await example.commit('v2')
  await deploy(stack, example, 'succeeded')
  const back = await example.slipway('rollback', 'outpost', '--json')
  const { id } = resultIn(back)
  await assertOutcome(stack, example, { id, outcome: 'succeeded', command: back })
  await assertRuns(stack, example, { result: first, which: 'revision', version: 'v1' })
})

test('an image for another platform than that of the task definition is rejected, and the cause named', async () => {
  const example = await openExample(stack, 'graviton')
  const service = 'service: graviton-api'
  await reconfigure(example, service, `${service}, revision: { base: newest }`)
  await example.commit('v1')
  const first = await deploy(stack, example, 'succeeded')
  const { architecture, cpuArchitecture } =
    process.arch === 'arm64'
      ? ({ architecture: 'amd64', cpuArchitecture: 'X86_64' } as const)
      : ({ architecture: 'arm64', cpuArchitecture: 'ARM64' } as const)
  const { taskDefinition } = await stack.aws.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: 'graviton-api' }),
  )
  await stack.aws.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'graviton-api',
      networkMode: 'bridge',
      containerDefinitions: taskDefinition?.containerDefinitions,
      runtimePlatform: { cpuArchitecture, operatingSystemFamily: 'LINUX' },
    }),
  )
  const known = `service "graviton-api" runs it on linux/${architecture}`
  const found = await deploy(stack, example, 'rejected')
  assert.ok(found.message.includes(known), found.message)

  // The base image of the example is there for this machine's platform alone.
  await example.commit('v2')
  const built = await deploy(stack, example, 'rejected')
  assert.match(built.message, new RegExp(`It was built for linux/${architecture}`))
  assert.match(built.message, /service "graviton-api"/)
  await assertRuns(stack, example, { result: first, which: 'revision', version: 'v1' })
})
