import { execa } from 'execa'
import { findAllOnPath } from '../install/find-on-path.ts'

/** A Docker command line that gets answers from an engine. */
export interface DockerClient {
  readonly path: string
  readonly buildKit: boolean
}

/**
 * Of all the `docker` programs on the PATH the first one that this engine answers and that can
 * build with BuildKit, else the first one that it answers. A machine may well have two: one too
 * new or too old for the engine, or without the buildx plugin that clients since 23.0 build with.
 */
export async function findDockerClient(dockerHost: string): Promise<DockerClient | undefined> {
  let fallback: DockerClient | undefined
  for (const path of await findAllOnPath('docker', ['/usr/local/bin', '/usr/bin'])) {
    const version = await ask(path, dockerHost, ['version', '--format', '{{.Client.Version}}'])
    if (version === undefined) continue
    const buildKit = hasBuildKit(version) || (await ask(path, dockerHost, ['buildx', 'version']))
    if (buildKit) return { path, buildKit: true }
    fallback ??= { path, buildKit: false }
  }
  return fallback
}

/** From 18.09 up to 23.0 BuildKit was part of the client itself; since then it is a plugin. */
export function hasBuildKit(clientVersion: string): boolean {
  const [major = 0, minor = 0] = clientVersion.split('.').map(Number)
  return (major > 18 || (major === 18 && minor >= 9)) && major < 23
}

/** Address of the engine that this user's Docker command line speaks to (`docker context`). */
export async function currentContextHost(): Promise<string | undefined> {
  for (const path of await findAllOnPath('docker', ['/usr/local/bin', '/usr/bin'])) {
    const host = await ask(path, undefined, [
      'context',
      'inspect',
      '--format',
      '{{.Endpoints.docker.Host}}',
    ])
    if (host) return host
  }
  return undefined
}

/** Standard output, or nothing where the command fails or takes longer than 10 s. */
async function ask(
  path: string,
  dockerHost: string | undefined,
  args: readonly string[],
): Promise<string | undefined> {
  const result = await execa(path, args, {
    env: dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost },
    stdin: 'ignore',
    timeout: 10_000,
    reject: false,
  })
  return result.exitCode === 0 ? result.stdout.trim() : undefined
}
