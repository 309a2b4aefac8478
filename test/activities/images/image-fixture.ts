import { join } from 'node:path'
import assert from 'node:assert/strict'
import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr'
import { createReleaseActivities } from '../../../activities/index.ts'
import type { FoundImage, SourceRef } from '../../../contract/activity-types.ts'
import type { EnvironmentSpec, ImageSpec } from '../../../contract/environment-spec.ts'
import { ensureBaseImage } from '../../../local/engine/base-image.ts'
import { ensureEngine, type LocalEngine } from '../../../local/engine/engine.ts'
import { startRegistry } from '../../../local/stack/registry.ts'
import { realClock } from '../../../simulator/clock/index.ts'
import { scriptedRuntime } from '../../../simulator/runtime/scripted.ts'
import { startSimulator } from '../../../simulator/start.ts'
import { inActivity } from '../../unit/activities/in-activity.ts'
import { imageNamed, specWith } from '../../unit/environment-specs.ts'

/** An engine and a registry, which this process's variables name. */
export interface ImageFixture {
  readonly engine: LocalEngine
  readonly close: () => Promise<void>
}

/** Starts an engine, a registry and an AWS with the repository `mailman-api`. */
export async function openImageFixture(folder: string): Promise<ImageFixture> {
  const engine = await ensureEngine()
  await ensureBaseImage(engine)
  const registry = await startRegistry({ dataDir: join(folder, 'registry'), engine })
  const simulator = await startSimulator({
    registry,
    runtime: scriptedRuntime({ clock: realClock(), behave: () => ({}) }),
  })
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: simulator.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    DOCKER_HOST: engine.dockerHost,
    SLIPWAY_DOCKER: engine.dockerPath,
  })
  await new ECRClient().send(new CreateRepositoryCommand({ repositoryName: 'mailman-api' }))
  return {
    engine,
    async close() {
      await simulator.close()
      await registry.stop()
      await engine.stop()
    },
  }
}

export interface ImageInput {
  readonly source: SourceRef
  readonly spec: EnvironmentSpec
  readonly image: FoundImage
}

/** What a release hands to the steps that build and push the image `api` of a commit. */
export async function imageInput(
  repository: string,
  commit: string,
  changes: Partial<ImageSpec> = {},
): Promise<ImageInput> {
  const spec = specWith({ aws: {}, images: [imageNamed('api', changes)] })
  const source = { release: 'release/production/1', repository, commit }
  const release = createReleaseActivities()
  const [image] = await inActivity(() => release.findImages({ spec, commit }))
  assert.ok(image)
  return { source, spec, image }
}
