import { hostname } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { startChild } from '../../local/process/child.ts'
import type { LocalEngine } from '../../local/engine/engine.ts'
import { freePort } from '../../local/process/free-port.ts'
import { until } from '../../local/process/until.ts'
import { openFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { python, pythonPackages } from './pypi.ts'

const version = '1.5.33'

/** An AWS emulator by another project, whose services run real containers. */
export interface Ministack {
  /** For `AWS_ENDPOINT_URL`. */
  readonly url: string
  /** `127.0.0.1:41000`: takes pushes and pulls without a login. */
  readonly registryHost: string
  readonly hold: FaultProxy['hold']
  readonly stop: () => Promise<void>
}

/**
 * Starts ministack as it comes from PyPI. It names its registry as ECR would,
 * `<account>.dkr.ecr.<region>.amazonaws.com`, but serves it at its own address: the proxy
 * in front of it resolves that name, as a name server would.
 */
export async function startMinistack(options: {
  engine: Docker
  folder: string
}): Promise<Ministack> {
  const { engine, folder } = options
  const packages = await pythonPackages(`ministack[full]==${version}`)
  const port = await freePort()
  const registryHost = `127.0.0.1:${port}`
  const child = await startChild({
    name: 'ministack',
    file: await python(),
    args: ['-m', 'ministack'],
    logFile: path.join(folder, 'ministack.log'),
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      PYTHONPATH: packages,
      TMPDIR: folder,
      HOME: folder,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      DOCKER_HOST: engine.dockerHost,
      // Otherwise it also listens on ports of its own choice.
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
    },
  })
  const endpoint = `http://${registryHost}`
  try {
    await until(async () => (await fetch(`${endpoint}/v2/`)).ok, {
      what: `ministack to answer at ${endpoint}`,
      timeoutMs: 30_000,
      failed: child.failed,
    })
    const proxy = await openFaultProxy({
      endpoint,
      from: /\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/g,
      to: registryHost,
    })
    return {
      url: proxy.url,
      registryHost,
      hold: proxy.hold,
      async stop() {
        await proxy.close()
        await child.stop()
        await removeContainers(engine, `${hostname()}:${port}`)
        await removeImages(engine, registryHost)
      },
    }
  } catch (error) {
    await child.stop()
    throw error
  }
}

type Docker = Pick<LocalEngine, 'dockerHost' | 'dockerPath'>

/** Ministack leaves its containers running when it stops, labelled with its address. */
async function removeContainers(engine: Docker, instance: string): Promise<void> {
  const label = `label=ministack.instance=${instance}`
  const ids = await lines(engine, ['ps', '--all', '--quiet', '--filter', label])
  if (ids.length > 0) await lines(engine, ['rm', '--force', '--volumes', ...ids])
}

/** Removes this registry's images, by name: other images may share their layers. */
async function removeImages(engine: Docker, host: string): Promise<void> {
  const format = '{{.Repository}} {{.Tag}} {{.Digest}}'
  const names = (await lines(engine, ['images', '--digests', '--format', format]))
    .filter((line) => line.startsWith(`${host}/`))
    .map((line) => line.split(' '))
    .map(([repository, tag, digest]) =>
      tag === '<none>' ? `${repository}@${digest}` : `${repository}:${tag}`,
    )
  if (names.length > 0) await lines(engine, ['rmi', '--force', ...new Set(names)])
}

async function lines({ dockerHost, dockerPath }: Docker, args: string[]): Promise<string[]> {
  const env = { DOCKER_HOST: dockerHost }
  const { stdout } = await execa(dockerPath, args, { env, stdin: 'ignore' })
  return stdout.split('\n').filter((line) => line !== '')
}
