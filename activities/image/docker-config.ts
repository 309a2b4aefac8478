import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { removeStale } from '../source/cache-dir.ts'
import type { ContainerEngine } from './engine.ts'

/** A token is valid for 12 hours; the login of a worker that was killed is removed sooner. */
const staleAfterMs = 60 * 60 * 1_000

export interface LoginTarget {
  readonly engine: ContainerEngine
  /** Host and port. */
  readonly registry: string
  /** As the image of `slipway.yaml` has it: says where to ask for the token. */
  readonly repository: string
  readonly cacheDir: string
  /** `kept`: images can also be pulled from the registries that the user is logged in to. */
  readonly ownLogins: 'kept' | 'left out'
}

/**
 * Makes a temporary `DOCKER_CONFIG`, readable only by this user, and returns its folder. It has the
 * user's contexts, plugins and proxies, and none of their logins unless these are `kept`.
 */
export async function temporaryDockerConfig(target: LoginTarget): Promise<string> {
  const logins = join(target.cacheDir, 'logins')
  await mkdir(logins, { recursive: true, mode: 0o700 })
  await removeStale(logins, staleAfterMs)
  // mkdtemp creates the folder with mode 0700.
  const folder = await mkdtemp(join(logins, 'login-'))
  const own = process.env['DOCKER_CONFIG'] || join(homedir(), '.docker')
  for (const part of ['contexts', 'cli-plugins', 'buildx']) {
    if (existsSync(join(own, part))) await symlink(join(own, part), join(folder, part))
  }
  const config = await readObject(join(own, 'config.json'))
  await writePrivate(join(folder, 'config.json'), {
    ...pick(config, ['currentContext', 'proxies', 'cliPluginsExtraDirs']),
    ...(target.ownLogins === 'kept' ? loginsIn(config, target) : {}),
  })
  if (target.ownLogins === 'kept' && target.engine.kind === 'podman') {
    await writePrivate(join(folder, 'auth.json'), loginsIn(await podmanLogins(config), target))
  }
  return folder
}

type Json = Readonly<Record<string, unknown>>

/**
 * The user's logins and credential helpers, except for the registry to log in to: Docker would
 * store the token in such a helper, where it would stay. For Docker, an empty helper name selects
 * the configuration file for one registry.
 */
function loginsIn(config: Json, { registry, engine }: LoginTarget): Json {
  const { [registry]: _, ...helpers } = asObject(config['credHelpers'])
  const credHelpers = engine.kind === 'docker' ? { ...helpers, [registry]: '' } : helpers
  return { ...pick(config, ['auths', 'credsStore']), credHelpers }
}

/** The first file that exists of those that Podman reads (containers-auth.json(5)). */
async function podmanLogins(dockerConfig: Json): Promise<Json> {
  const { REGISTRY_AUTH_FILE: authFile, XDG_RUNTIME_DIR: runtimeDir } = process.env
  const files = [authFile, runtimeDir && join(runtimeDir, 'containers/auth.json')]
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

async function writePrivate(file: string, content: Json): Promise<void> {
  await writeFile(file, JSON.stringify(content), { mode: 0o600 })
}
