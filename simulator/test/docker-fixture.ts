import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  CreateRepositoryCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr'
import { execa } from 'execa'
import { ensureBaseImage, helloBaseImage } from '../../local/engine/base-image.ts'
import { ensureEngine } from '../../local/engine/engine.ts'
import { startRegistry } from '../../local/stack/registry.ts'
import { dockerRuntime } from '../runtime/docker.ts'
import { startSimulator } from '../start.ts'

/** A real engine and a real registry, the simulator between them, and a Docker command line. */
export type DockerFixture = Awaited<ReturnType<typeof openDockerFixture>>

/** Opens the fixture for all tests of a file, which must close it after the last test. */
export async function openDockerFixture() {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-simulator-'))
  const engine = await ensureEngine()
  await ensureBaseImage(engine)
  const registry = await startRegistry({ dataDir: path.join(folder, 'registry'), engine })
  const { dockerHost } = engine
  const instance = `test-${process.pid}`
  const simulator = await startSimulator({
    registry,
    timings: 'fast',
    runtime: ({ loginFor }) =>
      dockerRuntime({ dockerHost, instance, loginFor, stopTimeoutSeconds: 2 }),
  })
  const client = {
    endpoint: simulator.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  }
  const ecr = new ECRClient(client)
  const host = new URL(simulator.registryProxyUrl ?? '').host

  /** Runs the Docker command line. Fails with what it printed. */
  const docker = async (args: readonly string[], input?: string): Promise<string> => {
    const env = { DOCKER_HOST: dockerHost, DOCKER_CONFIG: path.join(folder, 'docker') }
    const stdin = input === undefined ? { stdin: 'ignore' as const } : { input }
    return (await execa(engine.dockerPath, args, { env, ...stdin })).stdout
  }

  /** By name, not by id: another fixture may have tagged the same image. */
  async function removeImages(): Promise<void> {
    const format = '{{.Repository}} {{.Tag}} {{.Digest}}'
    const listed = await docker(['images', '--digests', '--format', format])
    const names = listed.split('\n').flatMap((line) => {
      const [repository = '', tag, digest] = line.split(' ')
      if (!repository.startsWith(`${host}/`)) return []
      return [tag === '<none>' ? `${repository}@${digest}` : `${repository}:${tag}`]
    })
    if (names.length > 0) await docker(['rmi', ...new Set(names)])
  }

  return {
    async close() {
      await simulator.close()
      await removeImages()
      await registry.stop()
      await engine.stop()
      await rm(folder, { recursive: true, force: true })
    },
    client,
    docker,
    dockerHost,
    host,
    instance,
    simulator,
    async createRepository(repositoryName: string, imageTagMutability?: 'IMMUTABLE') {
      await ecr.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability }))
    },
    async login(): Promise<void> {
      const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}))
      const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64')
      const [username = '', password = ''] = token.toString().split(':')
      await docker(['login', '--username', username, '--password-stdin', host], password)
    },
    /** Builds an image that runs this shell command, named for the registry proxy. */
    async build(name: string, command: string): Promise<string> {
      const image = `${host}/${name}`
      const lines = [
        `FROM ${helloBaseImage}`,
        'WORKDIR /www',
        `ENV IMAGE=${name}`,
        `CMD ["sh", "-c", ${JSON.stringify(command)}]`,
      ]
      await docker(['build', '--quiet', '--tag', image, '-'], lines.join('\n'))
      return image
    },
    /** Pushes an image. Returns its digest in the registry. */
    async push(image: string): Promise<string> {
      const said = await docker(['push', image])
      return /digest: (sha256:[0-9a-f]{64})/.exec(said)?.[1] ?? `no digest in: ${said}`
    },
  }
}

/** Answers 200 on `/health` and logs which image it is. */
export const serving = 'echo "$IMAGE serves"; echo ok > health; exec httpd -f -p 8080 -h /www'
