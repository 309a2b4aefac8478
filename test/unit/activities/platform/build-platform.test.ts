import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { buildPlatform, platformHint } from '../../../../activities/platform/build-platform.ts'
import { failsAs } from '../in-activity.ts'
import { imageNamed, pushedApi } from '../../environment-specs.ts'

const engine = {
  command: 'docker',
  kind: 'docker',
  version: 'Docker 28',
  builder: 'buildx',
} as const
const plain = { ...engine, builder: 'plain' } as const
const requiredBy = (...architectures: readonly string[]) => ({
  ...pushedApi,
  requiredPlatforms: architectures.map((architecture, index) => ({
    service: `api-${index}`,
    taskDefinition: `api-${index}:1`,
    architecture,
  })),
})

describe('an image is built for', () => {
  test('the platform of its task definitions, unless slipway.yaml says otherwise', () => {
    assert.equal(buildPlatform(engine, requiredBy('arm64'), imageNamed('api')), 'linux/arm64')
    const configured = imageNamed('api', { platform: 'linux/riscv64' })
    assert.equal(buildPlatform(engine, requiredBy('arm64'), configured), 'linux/riscv64')
  })

  test("the engine's own platform if none is known", () => {
    assert.equal(buildPlatform(engine, pushedApi, imageNamed('api')), undefined)
    const osOnly = [{ service: 'api', taskDefinition: 'api:1', os: 'linux' }]
    const image = { ...pushedApi, requiredPlatforms: osOnly }
    assert.equal(buildPlatform(engine, image, imageNamed('api')), undefined)
  })

  test('all platforms of the services that share it, if the engine can', () => {
    const shared = requiredBy('arm64', 'amd64', 'arm64')
    assert.equal(buildPlatform(engine, shared, imageNamed('api')), 'linux/amd64,linux/arm64')
    assert.throws(
      () => buildPlatform(plain, shared, imageNamed('api')),
      failsAs('PreconditionFailed', 'must be built for linux/amd64,linux/arm64', 'buildx'),
    )
  })
})

test('a build that failed for its platform is explained', () => {
  const shared = requiredBy('arm64', 'amd64')
  const output = 'ERROR: docker exporter does not currently support exporting manifest lists'
  assert.match(platformHint(shared, 'linux/amd64,linux/arm64', output), /containerd image store/)

  const hint = platformHint(requiredBy('arm64'), 'linux/arm64', 'not found', 'linux/amd64')
  assert.match(hint, /built for linux\/arm64, on which it runs in service "api-0" \(.* api-0:1\)/)
  assert.match(hint, /emulation/)
  assert.equal(platformHint(requiredBy('amd64'), 'linux/amd64', 'not found', 'linux/amd64'), '')
  assert.equal(platformHint(pushedApi, undefined, 'not found'), '')
})
