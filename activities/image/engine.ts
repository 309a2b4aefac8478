import { toolVariables } from '../process/environment-variables.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { run, succeeded, type RunResult } from '../process/run.ts'

/** The container engine of this host, as its command line reports it. */
export interface ContainerEngine {
  /** The program: the value of `SLIPWAY_DOCKER`, else `docker`. */
  readonly command: string
  readonly kind: 'docker' | 'podman'
  /** For people: `Docker 28.2.2`. */
  readonly version: string
  /**
   * How it builds: with the buildx plugin, with BuildKit in the client (Docker 18.09 to 22), or
   * with the old builder or Podman's own, which support fewer options.
   */
  readonly builder: 'buildx' | 'buildkit' | 'plain'
}

const engineCommand = (env: NodeJS.ProcessEnv = process.env) => env['SLIPWAY_DOCKER'] || 'docker'

/**
 * Asks the engine for its kind and version. Its client reads `DOCKER_HOST` and contexts itself.
 *
 * Fails as `EngineMissing` if there is no client, or if the engine does not answer.
 */
export async function detectEngine(command = engineCommand()): Promise<ContainerEngine> {
  const client = await runEngine(command, ['--version'])
  const match = /^(docker|podman) version ([\d.]+)/i.exec(client.stdout.trim())
  const kind = match?.[1]?.toLowerCase() === 'podman' ? 'podman' : 'docker'
  const version = match?.[2] ?? 'of unknown version'
  const infoArgs =
    kind === 'podman'
      ? ['info', '--format', 'json']
      : ['version', '--format', '{{.Server.Version}}']
  const server = await runEngine(command, infoArgs)
  if (!succeeded(server)) {
    throw failure(
      'EngineMissing',
      `The container engine does not answer "${command} ${infoArgs[0]}" on the builder. Start it (for Docker: "systemctl start docker"), give the builder's user access to it (group "docker"), or set DOCKER_HOST. ${command} says:\n${server.tail.join('\n')}`,
    )
  }
  if (kind === 'podman') return { command, kind, version: `Podman ${version}`, builder: 'plain' }
  const builder = await dockerBuilder(command, version)
  return { command, kind, version: `Docker ${version}`, builder }
}

async function dockerBuilder(
  command: string,
  version: string,
): Promise<ContainerEngine['builder']> {
  if (process.env['DOCKER_BUILDKIT'] === '0') return 'plain'
  const buildx = await runEngine(command, ['buildx', 'version'])
  if (succeeded(buildx)) return 'buildx'
  // Since version 23, the client builds with BuildKit only through the plugin.
  return Number.parseInt(version, 10) < 23 ? 'buildkit' : 'plain'
}

export interface EngineOptions {
  readonly label?: string
  readonly variables?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  readonly secrets?: readonly string[]
  readonly timeoutMs?: number
}

/** Runs the engine's client. Fails as `EngineMissing` if there is no such program. */
export async function runEngine(
  command: string,
  args: readonly string[],
  options: EngineOptions = {},
): Promise<RunResult> {
  const { variables, ...others } = options
  const result = await run(command, args, {
    ...others,
    env: { ...toolVariables(), ...variables },
    // Otherwise it would still use a login that the next worker takes for left behind.
    guarded: true,
  })
  if (result.kind === 'not found') {
    throw failure(
      'EngineMissing',
      `The builder has no program "${command}". Install Docker or Podman there, or set SLIPWAY_DOCKER to the engine's program.`,
    )
  }
  return result
}

/** Fails as `Unavailable` if the engine stopped answering: it may be restarting. */
export function requireEngine({ tail }: RunResult) {
  const output = tail.join('\n')
  if (
    /Cannot connect to the Docker daemon|error during connect|unable to connect to Podman/i.test(
      output,
    )
  ) {
    throw unavailable(`The container engine of the builder no longer answers:\n${output}`)
  }
}
