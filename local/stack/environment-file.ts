import { shellWord } from '../process/shell-word.ts'

/** Where the parts of a local stack are, for programs that are to use them. */
export interface StackAddresses {
  /** `127.0.0.1:7233` */
  readonly temporal: string
  /** `http://127.0.0.1:4566` */
  readonly aws: string
  readonly region: string
  /** A file of the stack's own: Temporal's TypeScript SDK takes no empty one. */
  readonly temporalConfig: string
  readonly dockerHost: string
  readonly dockerPath: string
}

/**
 * The variables, and no more, that point a program at a local stack. Files and profiles of the
 * user's own are switched off: they may hold a TLS key, an API key or credentials, which neither
 * fit here nor belong here.
 */
function stackVariables(stack: StackAddresses): Readonly<Record<string, string>> {
  return {
    TEMPORAL_ADDRESS: stack.temporal,
    TEMPORAL_CONFIG_FILE: stack.temporalConfig,
    AWS_ENDPOINT_URL: stack.aws,
    AWS_REGION: stack.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    DOCKER_HOST: stack.dockerHost,
    SLIPWAY_DOCKER: stack.dockerPath,
  }
}

/** The environment of a program on a local stack: the user's own, without what points elsewhere. */
export function stackEnv(
  stack: StackAddresses,
  base: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const kept = Object.entries(base).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(AWS|TEMPORAL)_/.test(entry[0]),
  )
  return { ...Object.fromEntries(kept), ...stackVariables(stack) }
}

/** The same as lines for a shell to `source`, with the folder that has `slipway` on the PATH. */
export function shellExports(stack: StackAddresses, commandFolder: string): string {
  const variables = Object.entries(stackVariables(stack))
  return [
    ...variables.map(([name, value]) => `export ${name}=${shellWord(value)}\n`),
    `export PATH=${shellWord(commandFolder)}:"$PATH"\n`,
  ].join('')
}
