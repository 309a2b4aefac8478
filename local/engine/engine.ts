import { access, constants } from 'node:fs/promises'
import { hasApt, installPackages, isRoot } from '../install/apt.ts'
import { currentContextHost, findDockerClient, type DockerClient } from './docker-client.ts'
import { findOnPath } from '../install/find-on-path.ts'
import { startOwnEngine } from './own-engine.ts'

/** A Docker engine that answers, and a command line that works with it. */
export interface LocalEngine {
  /** For `DOCKER_HOST`. */
  readonly dockerHost: string
  /** Of a client that this engine answers, with BuildKit where there is one. */
  readonly dockerPath: string
  /** Whether that client can build with it. */
  readonly buildKit: boolean
  /** Stops the engine if Slipway started it and nothing else uses it. */
  readonly stop: () => Promise<void>
}

/**
 * The engine that runs (`DOCKER_HOST`, the current Docker context, /var/run/docker.sock), else one
 * that is started for Slipway alone, which needs root on Linux. On Debian and Ubuntu, missing packages
 * are installed.
 *
 * @throws with what to do where there is none and none can be started
 */
export async function ensureEngine(): Promise<LocalEngine> {
  const running = await findRunningEngine()
  if (running !== undefined) return running
  const told = process.env['DOCKER_HOST']
  if (told) {
    throw new Error(
      `DOCKER_HOST is ${told}, but no Docker engine answers there that a docker command on the PATH can speak to.\n` +
        'Start that engine, or unset DOCKER_HOST.',
    )
  }
  if (await isForbidden(usualSocket)) {
    throw new Error(
      `A Docker engine is there, but this user may not use ${usualSocket}.\n` +
        'Join the group that may: sudo usermod -aG docker "$USER", then log in again.',
    )
  }
  if (process.platform !== 'linux' || !isRoot()) throw new Error(noEngine)
  await ensureDockerd()
  // Where packages start their services, the machine's own engine runs by now.
  const started = await findRunningEngine()
  if (started !== undefined) return started
  const own = await startOwnEngine()
  const client = await findDockerClient(own.dockerHost)
  if (client !== undefined) return engine(own.dockerHost, client, own.stop)
  await own.stop()
  throw new Error(
    `dockerd runs, but no docker command on the PATH can speak to it. Install one (Debian: docker-cli or docker.io).`,
  )
}

/** Of the engines that {@link ensureEngine} looks for the first that answers. */
export async function findRunningEngine(): Promise<LocalEngine | undefined> {
  const told = process.env['DOCKER_HOST']
  const hosts = told ? [told] : [await currentContextHost(), `unix://${usualSocket}`]
  for (const host of new Set(hosts)) {
    const client = host === undefined ? undefined : await findDockerClient(host)
    if (host !== undefined && client !== undefined) return engine(host, client, async () => {})
  }
  return undefined
}

async function isForbidden(file: string): Promise<boolean> {
  return access(file, constants.W_OK).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'EACCES',
  )
}

async function ensureDockerd(): Promise<void> {
  const dockerd = await findOnPath('dockerd', ['/usr/sbin', '/usr/local/bin'])
  const client = await findOnPath('docker', ['/usr/local/bin', '/usr/bin'])
  if (dockerd !== undefined && client !== undefined) return
  if (!(await hasApt())) throw new Error(noEngine)
  await installPackages(['docker.io'], ['docker-cli', 'docker-buildx'])
}

function engine(dockerHost: string, client: DockerClient, stop: () => Promise<void>): LocalEngine {
  return { dockerHost, dockerPath: client.path, buildKit: client.buildKit, stop }
}

const usualSocket = '/var/run/docker.sock'

const noEngine = `Found no running Docker engine (looked at DOCKER_HOST, the current Docker context and ${usualSocket}).
Start one: Docker Desktop on macOS, "sudo systemctl start docker" on Linux; or install it (https://docs.docker.com/engine/install/).
On Debian and Ubuntu, Slipway installs and starts one itself when it runs as root.`
