import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
} from '@aws-sdk/client-ecr'
import { CreateServiceCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { createReleaseActivities } from '../../../activities/index.ts'
import { realClock } from '../../../simulator/clock/index.ts'
import { fastTimings } from '../../../simulator/ecs/timings.ts'
import { scriptedRuntime } from '../../../simulator/runtime/scripted.ts'
import { startSimulator, type Simulator } from '../../../simulator/start.ts'
import { ociRegistry, type OciRegistry } from '../../../simulator/test/unit/ecr-oci-registry.ts'
import { failsAs, inActivity } from '../../unit/activities/in-activity.ts'
import { commit, imageNamed, serviceNamed, specWith } from '../../unit/environment-specs.ts'
import { imagePusher } from './pushed-images.ts'
import { useAsAws } from '../simulated-account.ts'

const registryId = '444455556666'
const region = 'eu-central-1'
const repositoryName = 'team/hello'
const address = `${registryId}.dkr.ecr.${region}.amazonaws.com/${repositoryName}`
const linux = { os: 'linux', architecture: 'amd64' }
const activities = createReleaseActivities()

const there = () => new ECRClient({ region })

const specOf = (repository = address) =>
  specWith({
    aws: {},
    images: [imageNamed('api', { repository })],
    services: [serviceNamed('api')],
  })
const spec = specOf()

/** Points `api-latest` at a digest, or removes it. */
const point = (digest?: string) =>
  inActivity(() =>
    activities.moveTags({
      spec,
      images: [{ name: 'api', ...(digest === undefined ? {} : { digest }) }],
    }),
  )

async function latest(): Promise<string | undefined> {
  const which = { repositoryName, registryId, imageIds: [{ imageTag: 'api-latest' }] }
  return (await there().send(new DescribeImagesCommand(which))).imageDetails?.[0]?.imageDigest
}

const resolve = () => inActivity(() => activities.resolveRollback({ spec, to: 'mailman-api:1' }))

describe('the registry of another account and region', () => {
  let simulator: Simulator
  let registry: OciRegistry
  let repositoryUri: string
  before(async () => {
    registry = await ociRegistry()
    simulator = await startSimulator({
      registry,
      timings: fastTimings,
      runtime: scriptedRuntime({ clock: realClock(), behave: () => ({}) }),
    })
    await useAsAws(simulator)
    const made = await there().send(new CreateRepositoryCommand({ repositoryName, registryId }))
    repositoryUri = made.repository?.repositoryUri ?? ''
  })

  after(async () => {
    await simulator.close()
    await registry.close()
  })

  test('has the image of a commit', async () => {
    const [missing] = await inActivity(() => activities.findImages({ spec, commit }))
    assert.deepEqual([missing?.repositoryUri, missing?.digest], [repositoryUri, undefined])
    const { digest } = await imagePusher(repositoryUri, region).image(linux, 'v1', `api-${commit}`)
    const [found] = await inActivity(() => activities.findImages({ spec, commit }))
    assert.equal(found?.digest, digest)
  })

  test('has its moving tags pointed, and back', async () => {
    const { digest } = await imagePusher(repositoryUri, region).image(linux, 'v2', 'v2')
    assert.deepEqual(await point(digest), [{ name: 'api' }])
    assert.equal(await latest(), digest)
    assert.deepEqual(await point(), [{ name: 'api', digest }])
    await assert.rejects(latest(), { name: 'ImageNotFoundException' })
  })

  test('is where the image of a rollback target must be', async () => {
    const { digest } = await imagePusher(repositoryUri, region).image(linux, 'v3', 'v3')
    const ecs = new ECSClient()
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'mailman-api',
        containerDefinitions: [
          { name: 'api', image: `${repositoryUri}@${digest}`, essential: true, memory: 64 },
        ],
      }),
    )
    const arn = taskDefinition?.taskDefinitionArn ?? ''
    await ecs.send(
      new CreateServiceCommand({
        cluster: 'mailman',
        serviceName: 'mailman-api',
        taskDefinition: arn,
        desiredCount: 0,
      }),
    )
    assert.deepEqual((await resolve())[0]?.digests, { api: digest })
    await there().send(
      new BatchDeleteImageCommand({
        repositoryName,
        registryId,
        imageIds: [{ imageDigest: digest }],
      }),
    )
    await assert.rejects(resolve(), failsAs('PreconditionFailed', 'gone from the registry'))
  })

  test('is named, with what to do there, if it lacks the repository', async () => {
    const missing = specOf(address.replace('hello', 'nothing'))
    await assert.rejects(
      inActivity(() => activities.findImages({ spec: missing, commit })),
      failsAs(
        'PreconditionFailed',
        `There is no ECR repository "team/nothing" for image "api" in region ${region}, account ${registryId}.`,
        `aws ecr create-repository --repository-name team/nothing --region ${region}`,
      ),
    )
  })
})
