import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import type { AwsClients } from '../aws/clients.ts'
import { runEngine, type ContainerEngine } from './engine.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import type { FoundImage } from '../../contract/activity-types.ts'

/** A token is good for 12 hours; a login that a killed worker left behind goes sooner. */
const abandonedAfterMs = 60 * 60 * 1_000

interface LoginPlace {
  readonly engine: ContainerEngine
  readonly registry: string
  readonly cacheDir: string
  /** `kept`: what is pulled meanwhile may come from registries that the user is logged in to. */
  readonly ownLogins: 'kept' | 'left out'
}

/**
 * Does some work while logged in to a registry of ECR's. The token goes through standard input into
 * a throw-away `DOCKER_CONFIG`, which only this user can read and which is gone afterwards; it is
 * never an argument, a log line or part of a failure, and the user's own logins stay untouched.
 *
 * `work` is given the variables to run the engine's client with.
 */
export async function loggedIn<Result>(
  clients: AwsClients,
  place: LoginPlace,
  work: (variables: Record<string, string>, secrets: readonly string[]) => Promise<Result>,
): Promise<Result> {
  const { engine, registry } = place
  const password = await registryPassword(clients)
  const folder = await throwAwayConfig(place)
  try {
    const variables = { DOCKER_CONFIG: folder, REGISTRY_AUTH_FILE: join(folder, 'auth.json') }
    const login = await runEngine(
      engine.command,
      ['login', '--username', 'AWS', '--password-stdin', ...insecure(engine, registry), registry],
      { variables, input: password, secrets: [password] },
    )
    if (login.kind !== 'exited' || login.exitCode !== 0) {
      const said = login.tail.join('\n')
      if (/unauthorized|denied|40[13]/i.test(said)) {
        throw failure('CredentialsInvalid', `Registry ${registry} refuses the login:\n${said}`)
      }
      throw unavailable(`Logging in to registry ${registry} failed:\n${said}`)
    }
    return await work(variables, [password])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Host and port, as a client logs in there. */
export const registryOf = ({ repositoryUri }: Pick<FoundImage, 'repositoryUri'>) =>
  repositoryUri.split('/')[0] ?? ''

/** Podman wants to be told what Docker takes for granted: a loopback registry may lack TLS. */
export function insecure({ kind }: ContainerEngine, registry: string): string[] {
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(registry)
  return kind === 'podman' && loopback ? ['--tls-verify=false'] : []
}

/** ECR's token is `AWS:<password>` in base64. */
async function registryPassword(clients: AwsClients): Promise<string> {
  const answer = await clients.ecr.send(new GetAuthorizationTokenCommand({}))
  const token = answer.authorizationData?.[0]?.authorizationToken ?? ''
  const [, password] = /^[^:]+:(.+)$/s.exec(Buffer.from(token, 'base64').toString('utf8')) ?? []
  if (password === undefined) throw unavailable('ECR gave no token for its registry.')
  return password
}

/** The user's contexts, plugins and proxies, with none of their logins unless they are wanted. */
async function throwAwayConfig(place: LoginPlace): Promise<string> {
  const logins = join(place.cacheDir, 'logins')
  await mkdir(logins, { recursive: true, mode: 0o700 })
  await removeAbandoned(logins)
  // mkdtemp makes it with mode 0700.
  const folder = await mkdtemp(join(logins, 'login-'))
  const own = process.env['DOCKER_CONFIG'] || join(homedir(), '.docker')
  for (const part of ['contexts', 'cli-plugins', 'buildx']) {
    if (existsSync(join(own, part))) await symlink(join(own, part), join(folder, part))
  }
  const config = await readObject(join(own, 'config.json'))
  await writeSecretly(join(folder, 'config.json'), {
    ...pick(config, ['currentContext', 'proxies', 'cliPluginsExtraDirs']),
    ...(place.ownLogins === 'kept' ? loginsIn(config, place) : {}),
  })
  if (place.ownLogins === 'kept' && place.engine.kind === 'podman') {
    await writeSecretly(join(folder, 'auth.json'), loginsIn(await podmanLogins(config), place))
  }
  return folder
}

type Json = Readonly<Record<string, unknown>>

/**
 * The user's logins and the programs that keep them, but for the registry that is logged in to:
 * Docker would hand the token to such a program, where it would stay. An empty name is how a client
 * of Docker's takes a file instead for one registry alone.
 */
function loginsIn(config: Json, { registry, engine }: LoginPlace): Json {
  const { [registry]: _, ...helpers } = asObject(config['credHelpers'])
  const credHelpers = engine.kind === 'docker' ? { ...helpers, [registry]: '' } : helpers
  return { ...pick(config, ['auths', 'credsStore']), credHelpers }
}

/** Where Podman looks, the first that is there (containers-auth.json(5)). */
async function podmanLogins(dockerConfig: Json): Promise<Json> {
  const { REGISTRY_AUTH_FILE: told, XDG_RUNTIME_DIR: runtime } = process.env
  const files = [told, runtime && join(runtime, 'containers/auth.json')]
  const file = files.find((one) => one !== undefined && one !== '' && existsSync(one))
  return file === undefined ? dockerConfig : readObject(file)
}

async function readObject(file: string): Promise<Json> {
  try {
    return asObject(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return {}
  }
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function pick(config: Json, names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(config).filter(([name]) => names.includes(name)))
}

async function writeSecretly(file: string, content: Json): Promise<void> {
  await writeFile(file, JSON.stringify(content), { mode: 0o600 })
}

async function removeAbandoned(logins: string) {
  for (const name of await readdir(logins)) {
    const path = join(logins, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > abandonedAfterMs) await rm(path, { recursive: true, force: true })
  }
}
