/** How Node's HTTP client reaches an engine. */
export type ConnectOptions =
  | { readonly socketPath: string }
  | { readonly hostname: string; readonly port: number }

/** The engine that Docker's own tools use: `DOCKER_HOST`, else the machine's socket. */
export function defaultDockerHost(env: Readonly<Record<string, string | undefined>>): string {
  if (env['DOCKER_HOST']) return env['DOCKER_HOST']
  return process.platform === 'win32'
    ? 'npipe:////./pipe/docker_engine'
    : 'unix:///var/run/docker.sock'
}

/**
 * Parses an address in the format of `DOCKER_HOST`. The engine must be on this machine, because the
 * simulator reaches containers on 127.0.0.1. So there is no `ssh://` and no TLS.
 */
export function connectOptions(dockerHost: string): ConnectOptions {
  const [, scheme, rest = ''] = /^(\w+):\/\/(.+)$/.exec(dockerHost) ?? []
  if (scheme === 'unix' || scheme === 'npipe') return { socketPath: rest }
  if (scheme === 'tcp' || scheme === 'http') {
    const { hostname, port } = new URL(`http://${rest}`)
    return { hostname, port: Number(port || 2375) }
  }
  throw new Error(
    `DOCKER_HOST is ${dockerHost}, but the simulator needs an engine on this machine. Set it to an address such as unix:///var/run/docker.sock or tcp://127.0.0.1:2375.`,
  )
}
