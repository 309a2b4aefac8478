import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { hash } from 'bcryptjs'
import { execa } from 'execa'
import { hasApt, unpackPackage } from '../install/apt.ts'
import { makeOnce } from '../install/cache.ts'
import { startChild } from '../process/child.ts'
import type { LocalEngine } from '../engine/engine.ts'
import { findOnPath } from '../install/find-on-path.ts'
import { freePort } from '../process/free-port.ts'
import { until } from '../process/until.ts'

export interface Registry {
  /** `http://127.0.0.1:5000` */
  readonly url: string
  /** `AWS`, as ECR's. */
  readonly username: string
  readonly password: string
  /** Absent where it runs as a container. */
  readonly pid?: number
  readonly stop: () => Promise<void>
}

/**
 * Starts an OCI registry on 127.0.0.1 that asks for Basic authentication, as ECR does, and allows
 * deletes. The `docker-registry` or `registry` on the PATH, else Debian's package in the cache,
 * else the image `registry:2` on the engine.
 *
 * @param options.port default: a free one
 * @param options.dataDir its configuration, log and images; images of an earlier run are there again
 * @param options.password default: a new random one
 */
export async function startRegistry(options: {
  dataDir: string
  engine: Pick<LocalEngine, 'dockerHost' | 'dockerPath'>
  port?: number
  password?: string
}): Promise<Registry> {
  const port = options.port ?? (await freePort())
  const username = 'AWS'
  const password = options.password ?? randomBytes(18).toString('base64url')
  const dataDir = path.resolve(options.dataDir)
  await mkdir(path.join(dataDir, 'images'), { recursive: true })
  // The registry checks the password on each of its many requests, and it lives for an hour: the
  // lowest cost there is.
  const line = `${username}:${await hash(password, 4)}\n`
  await writeFile(path.join(dataDir, 'htpasswd'), line, { mode: 0o600 })
  const program = await findProgram()
  const place = { dataDir, port, engine: options.engine }
  const running = program === undefined ? await startContainer(place) : await start(program, place)
  const url = `http://127.0.0.1:${port}`
  try {
    const { failed } = running
    await until(() => answersWithAuthentication(url), {
      what: `the registry to answer at ${url}`,
      timeoutMs: 60_000,
      ...(failed !== undefined && { failed }),
    })
  } catch (error) {
    await running.stop()
    throw error
  }
  const { pid, stop } = running
  return { url, username, password, ...(pid !== undefined && { pid }), stop: () => stop() }
}

interface Place {
  readonly dataDir: string
  readonly port: number
  readonly engine: Pick<LocalEngine, 'dockerHost' | 'dockerPath'>
}

interface Running {
  readonly pid?: number
  readonly failed?: Promise<never>
  readonly stop: () => Promise<void>
}

async function findProgram(): Promise<string | undefined> {
  for (const name of ['docker-registry', 'registry']) {
    const found = await findOnPath(name)
    if (found !== undefined) return found
  }
  if (!(await hasApt())) return undefined
  const folder = await makeOnce('docker-registry', (into) => unpackPackage('docker-registry', into))
  return path.join(folder, 'usr/bin/docker-registry')
}

async function start(program: string, { dataDir, port }: Place): Promise<Running> {
  const config = await writeConfig(dataDir, dataDir, `127.0.0.1:${port}`)
  return startChild({
    name: 'the registry',
    file: program,
    args: ['serve', config],
    logFile: path.join(dataDir, 'registry.log'),
    env: { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' },
  })
}

async function startContainer({ dataDir, port, engine }: Place): Promise<Running> {
  await writeConfig(dataDir, '/slipway', ':5000')
  const docker = (args: readonly string[]) =>
    execa(engine.dockerPath, args, { env: { DOCKER_HOST: engine.dockerHost }, stdin: 'ignore' })
  const run = ['run', '--detach', '--rm', '--publish', `127.0.0.1:${port}:5000`]
  const { stdout: id } = await docker([
    ...run,
    `--volume=${dataDir}:/slipway`,
    'registry:2',
    'serve',
    '/slipway/config.yml',
  ])
  return {
    stop: async () => {
      await docker(['rm', '--force', id])
    },
  }
}

/** JSON is YAML, and needs no care about what a path may hold. */
async function writeConfig(dataDir: string, seenAs: string, addr: string): Promise<string> {
  const file = path.join(dataDir, 'config.yml')
  const config = {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: path.posix.join(seenAs, 'images') },
      delete: { enabled: true },
    },
    http: { addr },
    auth: { htpasswd: { realm: 'slipway', path: path.posix.join(seenAs, 'htpasswd') } },
  }
  await writeFile(file, JSON.stringify(config, undefined, 2))
  return file
}

/** It must ask who we are: a registry that does not would let any password pass. */
async function answersWithAuthentication(url: string): Promise<boolean> {
  const response = await fetch(`${url}/v2/`, { signal: AbortSignal.timeout(2_000) })
  await response.body?.cancel()
  return response.status === 401
}
