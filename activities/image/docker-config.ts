import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isOlderThan } from '../cache/cache-dir.ts'
import { isAlive, ownerIn, ownerOf } from '../cache/owner.ts'
import type { ContainerEngine } from './engine.ts'

/** An older version did not note whose a login is: one as old as this was left behind. */
const unownedMs = 60 * 60 * 1_000

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
  // mkdtemp creates the folder with mode 0700.
  const folder = await mkdtemp(join(logins, `${await ownerIn(target.cacheDir)}.`))
  try {
    await fill(folder, target)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  return folder
}

/** Removes the logins of processes that have died. Returns their names. */
export async function removeLeftLogins(cacheDir: string): Promise<readonly string[]> {
  const removed: string[] = []
  for (const name of await readdir(join(cacheDir, 'logins')).catch(() => [])) {
    const path = join(cacheDir, 'logins', name)
    const owner = ownerOf(name)
    const isUsed =
      owner === undefined ? !(await isOlderThan(path, unownedMs)) : await isAlive(cacheDir, owner)
    if (isUsed) continue
    await rm(path, { recursive: true, force: true })
    removed.push(name)
  }
  return removed
}

async function fill(folder: string, target: LoginTarget): Promise<void> {
  const own = process.env['DOCKER_CONFIG'] || join(homedir(), '.docker')
  for (const part of ['contexts', 'cli-plugins', 'buildx']) {
    if (existsSync(join(own, part))) await symlink(join(own, part), join(folder, part))
  }
  const config = await readObject(join(own, 'config.json'))
  await writePrivate(join(folder, 'config.json'), {
    ...pick(config, ['currentContext', 'proxies', 'cliPluginsExtraDirs']),
    ...loginsIn(target.ownLogins === 'kept' ? config : {}, target),
  })
  if (target.ownLogins === 'kept' && target.engine.kind === 'podman') {
    await writePrivate(join(folder, 'auth.json'), loginsIn(await podmanLogins(config), target))
  }
}

/**
 * `DOCKER_AUTH_CONFIG` for the client: it holds logins that take precedence over every file and helper
 * (docker/cli, cli/config/configfile/file.go, since 28.3), so it must not have one for this registry.
 */
export function loginsInEnvironment({ ownLogins, registry }: LoginTarget): string | undefined {
  const own = process.env['DOCKER_AUTH_CONFIG']
  if (ownLogins === 'left out' || own === undefined) return undefined
  const { [registry]: _, ...auths } = asObject(parsed(own)['auths'])
  return JSON.stringify({ auths })
}

type Json = Readonly<Record<string, unknown>>

/**
 * The logins and credential helpers of a configuration, except for the registry to log in to: Docker
 * would store the token in such a helper, where it would stay. For Docker, an empty helper name
 * selects the configuration file for one registry.
 *
 * That entry is also what keeps Docker from a helper that nobody configured: where a configuration
 * has neither logins nor helpers, the client uses the platform's own keychain if it finds its helper
 * on the PATH (`LoadDefaultConfigFile` and `ContainsAuth` in docker/cli, cli/config/config.go and
 * cli/config/configfile/file.go, the same from 20.10 to 29).
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
  return parsed(await readFile(file, 'utf8').catch(() => ''))
}

function parsed(text: string): Json {
  try {
    return asObject(JSON.parse(text))
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
