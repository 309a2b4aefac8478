import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { CreateRepositoryCommand, PutImageCommand } from '@aws-sdk/client-ecr'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs'
import { commitAll, makeHelloCheckout } from '../../local/stack/hello.ts'
import type { Clients } from '../../local/stack/seed.ts'
import { openLockedStack, type LockedStack, type Profile } from './local-stack-lock.ts'
import { deploy } from './slipway.ts'

/** Environments of one project, each with its own keys on the worker. */
const profiles: Readonly<Record<string, Profile>> = {
  stranger: 'unknown key',
  forger: 'wrong secret',
  nobody: ['s3:ListBucket'],
  'without-ecr': ['ecs:*'],
  'without-update': ['ecs:Describe*', 'ecs:List*', 'ecs:Register*', 'ecs:TagResource', 'ecr:*'],
  'without-register': ['ecs:Describe*', 'ecs:List*', 'ecr:*'],
}

/**
 * An emulator by another project that checks signatures and IAM policies, returns ECS's errors as
 * XML, and fails with an HTML page at operations that it lacks.
 */
let stack: LockedStack
let checkout: string
before(async () => {
  stack = await openLockedStack(profiles, seed)
})
after(() => stack?.close())

// One after the other: a revision that one test registers is found by the next.
describe('without permission a deploy says why, and changes nothing', () => {
  test('with an unknown key', async () => {
    assert.match(
      await rejected('stranger'),
      /does not accept the worker's credentials \(InvalidClientTokenId: .*aws sts get-caller-identity/,
    )
  })

  test('with a wrong signature', async () => {
    assert.match(
      await rejected('forger'),
      /does not accept the worker's credentials \(SignatureDoesNotMatch: /,
    )
  })

  test('with no permission at all', async () => {
    assert.match(
      await rejected('nobody'),
      /AWS denies the worker .* Allow "ecs:DescribeServices" in a policy of user "nobody", and try/,
    )
  })

  test('with no permission to read the registry', async () => {
    assert.match(
      await rejected('without-ecr'),
      /Allow "ecr:DescribeRepositories" in a policy of user "without-ecr"/,
    )
  })

  test('with permission to read, but not to register a revision', async () => {
    assert.match(
      await rejected('without-register'),
      /Allow "ecs:RegisterTaskDefinition" in a policy of user "without-register"/,
    )
  })

  test('with permission for everything but the deployment itself', async () => {
    const message = await rejected('without-update')
    assert.match(message, /Allow "ecs:UpdateService" in a policy of user "without-update"/)
    assert.match(message, /Nothing was touched: what ran before still runs\.$/)
  })
})

async function rejected(environment: string): Promise<string> {
  const { message, services } = await deploy(stack.env, checkout, environment, 'rejected')
  assert.deepEqual(services, [])
  return message
}

const mediaType = 'application/vnd.docker.distribution.manifest.v2+json'

/** Seeds the registry with the commit's image, so that no release builds anything. */
async function seed({ ecs, ecr }: Clients, folder: string): Promise<void> {
  checkout = path.join(folder, 'hello')
  await makeHelloCheckout(checkout)
  await writeFile(path.join(checkout, 'slipway.yaml'), configuration())
  const commit = await commitAll(checkout, 'Say hello')
  await ecr.send(new CreateRepositoryCommand({ repositoryName: 'hello' }))
  await ecr.send(
    new PutImageCommand({
      repositoryName: 'hello',
      imageTag: `api-${commit}`,
      imageManifest: JSON.stringify({ schemaVersion: 2, mediaType, layers: [] }),
    }),
  )
  await ecs.send(new CreateClusterCommand({ clusterName: 'hello' }))
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'hello-api',
      containerDefinitions: [{ name: 'api', image: 'hello:api-bootstrap', memory: 64 }],
    }),
  )
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'hello',
      serviceName: 'hello-api',
      taskDefinition: 'hello-api',
      desiredCount: 0,
    }),
  )
}

function configuration(): string {
  const environments = Object.keys(profiles).map(
    (name) => `  ${name}: { cluster: hello, profile: ${name} }`,
  )
  return `project: hello
images:
  api: { repository: hello, target: api }
services:
  api: { service: hello-api, circuitBreaker: optional }
environments:
${environments.join('\n')}
`
}
