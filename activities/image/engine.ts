import { toolVariables } from '../process/environment-variables.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { run, type Ran } from '../process/run.ts'

/** The container engine of this host, as its command line sees it. */
export interface ContainerEngine {
  /** The program: `docker`, or what `SLIPWAY_DOCKER` says. */
  readonly command: string
  readonly kind: 'docker' | 'podman'
  /** For people: `Docker 28.2.2`. */
  readonly version: string
  /**
   * How it builds: through the buildx plugin, through BuildKit inside the client (Docker 18.09 to
   * 22), or through the old builder or Podman's own, which take fewer options.
   */
  readonly builder: 'buildx' | 'buildkit' | 'plain'
}

export const engineCommand = (env: NodeJS.ProcessEnv = process.env) =>
  env['SLIPWAY_DOCKER'] || 'docker'

/**
 * Asks the engine who it is. `DOCKER_HOST`, contexts and the rest are the client's own affair.
 *
 * Fails as `EngineMissing` where there is no client, or no engine that answers it.
 */
export async function detectEngine(command = engineCommand()): Promise<ContainerEngine> {
  const client = await runEngine(command, ['--version'])
  const named = /^(docker|podman) version ([\d.]+)/i.exec(client.stdout.trim())
  const kind = named?.[1]?.toLowerCase() === 'podman' ? 'podman' : 'docker'
  const version = named?.[2] ?? 'of unknown version'
  const ask =
    kind === 'podman'
      ? ['info', '--format', 'json']
      : ['version', '--format', '{{.Server.Version}}']
  const server = await runEngine(command, ask)
  if (server.kind !== 'exited' || server.exitCode !== 0) {
    throw failure(
      'EngineMissing',
      `The container engine does not answer "${command} ${ask[0]}" on the builder. Start it (for Docker: "systemctl start docker"), let the builder's user reach it (group "docker"), or set DOCKER_HOST. It says:\n${server.tail.join('\n')}`,
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
  if (buildx.kind === 'exited' && buildx.exitCode === 0) return 'buildx'
  // From 23 on the client builds through the plugin only.
  return Number.parseInt(version, 10) < 23 ? 'buildkit' : 'plain'
}

export interface EngineOptions {
  readonly label?: string
  readonly variables?: Readonly<Record<string, string>>
  readonly input?: string
  readonly secrets?: readonly string[]
  readonly timeoutMs?: number
}

/** Runs the engine's client. Fails as `EngineMissing` where there is no such program. */
export async function runEngine(
  command: string,
  args: readonly string[],
  options: EngineOptions = {},
): Promise<Ran> {
  const { variables, ...others } = options
  const ran = await run(command, args, { ...others, env: { ...toolVariables(), ...variables } })
  if (ran.kind === 'not found') {
    throw failure(
      'EngineMissing',
      `There is no "${command}" on the builder. Install Docker or Podman there, or name its program in SLIPWAY_DOCKER.`,
    )
  }
  return ran
}

/** Throws what may pass where an engine that was there a moment ago does not answer. */
export function refuseLostEngine(ran: Ran) {
  const said = ran.tail.join('\n')
  if (
    /Cannot connect to the Docker daemon|error during connect|unable to connect to Podman/i.test(
      said,
    )
  ) {
    throw unavailable(`The container engine of the builder does not answer:\n${said}`)
  }
}
