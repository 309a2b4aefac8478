import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import type { AwsClients } from './aws-clients.ts'
import { runEngine, type Engine } from './engine.ts'
import { failure, unavailable } from './failures.ts'

/** A token is good for 12 hours; a login that a killed worker left behind goes sooner. */
const abandonedAfterMs = 60 * 60 * 1_000

/**
 * Does some work while logged in to a registry of ECR's. The token goes through standard input into
 * a throw-away `DOCKER_CONFIG`, which only this user can read and which is gone afterwards; it is
 * never an argument, a log line or part of a failure, and the user's own logins stay untouched.
 *
 * `work` is given the variables to run the engine's client with.
 */
export async function loggedIn<Result>(
  clients: AwsClients,
  { engine, registry, cacheDir }: { engine: Engine; registry: string; cacheDir: string },
  work: (variables: Record<string, string>, secrets: readonly string[]) => Promise<Result>,
): Promise<Result> {
  const password = await registryPassword(clients)
  const folder = await throwAwayConfig(cacheDir)
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

/** Podman wants to be told what Docker takes for granted: a loopback registry may lack TLS. */
export function insecure({ kind }: Engine, registry: string): string[] {
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

/** The user's contexts, plugins and proxies, without any of their logins. */
async function throwAwayConfig(cacheDir: string): Promise<string> {
  const logins = join(cacheDir, 'logins')
  await mkdir(logins, { recursive: true, mode: 0o700 })
  await removeAbandoned(logins)
  // mkdtemp makes it with mode 0700.
  const folder = await mkdtemp(join(logins, 'login-'))
  const own = process.env['DOCKER_CONFIG'] || join(homedir(), '.docker')
  for (const part of ['contexts', 'cli-plugins', 'buildx']) {
    if (existsSync(join(own, part))) await symlink(join(own, part), join(folder, part))
  }
  const config = await readFile(join(own, 'config.json'), 'utf8').catch(() => '{}')
  await writeFile(join(folder, 'config.json'), JSON.stringify(withoutLogins(config)), {
    mode: 0o600,
  })
  return folder
}

const kept = ['currentContext', 'proxies', 'cliPluginsExtraDirs'] as const

function withoutLogins(config: string): Record<string, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(config)
  } catch {
    return {}
  }
  if (typeof parsed !== 'object' || parsed === null) return {}
  return Object.fromEntries(Object.entries(parsed).filter(([key]) => kept.some((k) => k === key)))
}

async function removeAbandoned(logins: string) {
  for (const name of await readdir(logins)) {
    const path = join(logins, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > abandonedAfterMs) await rm(path, { recursive: true, force: true })
  }
}
