import { cp, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'
import { exists } from '../install/cache.ts'

/** The names of one deployment of the example at AWS. */
export interface HelloNames {
  readonly cluster: string
  readonly repository: string
  readonly targetGroup: string
  /** Of the API's container. */
  readonly port: number
  /** Only the API is behind the target group. */
  readonly services: readonly { readonly name: 'api' | 'worker'; readonly service: string }[]
}

/** The names of the example in the simulated AWS, as in its `slipway.yaml`. */
export const hello: HelloNames = {
  cluster: 'hello',
  repository: 'hello',
  targetGroup: 'hello-api',
  port: 8080,
  services: [
    { name: 'api', service: 'hello-api' },
    { name: 'worker', service: 'hello-worker' },
  ],
}

/** How a version of the example answers `/health`, if it does. */
export type HelloHealth = 'ok' | 'failing' | 'crash'

/**
 * Makes a git repository from `examples/hello`, with one commit. An existing one is left as it is.
 */
export async function makeHelloCheckout(folder: string): Promise<void> {
  if (await exists(path.join(folder, '.git'))) return
  await copyHello(folder)
  await git(folder, ['init', '--quiet', '--initial-branch=main'])
  await commitAll(folder, 'Say hello')
}

/** Commits a version of the example, and returns the commit. */
export async function commitHello(
  folder: string,
  version: string,
  health: HelloHealth,
  message: string,
): Promise<string> {
  await writeVersion(folder, version, health)
  return commitAll(folder, message)
}

/** The example's files, without a history. The package holds a copy at the same place. */
export async function copyHello(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await cp(path.join(import.meta.dirname, '../../examples/hello'), folder, { recursive: true })
}

export async function writeVersion(
  folder: string,
  version: string,
  health: HelloHealth,
): Promise<void> {
  await writeFile(path.join(folder, 'VERSION'), `${version}\n`)
  await writeFile(path.join(folder, 'HEALTH'), `${health}\n`)
}

/** Commits all changes, and returns the commit. */
export async function commitAll(folder: string, message: string): Promise<string> {
  await git(folder, ['add', '--all'])
  await git(folder, ['commit', '--quiet', '--allow-empty', `--message=${message}`])
  return git(folder, ['rev-parse', 'HEAD'])
}

/** With a name of its own, since a new machine has no `user.name`, and nothing signed. */
async function git(cwd: string, args: readonly string[]): Promise<string> {
  const own = ['user.name=Slipway', 'user.email=slipway@localhost', 'commit.gpgsign=false']
  const config = own.flatMap((one) => ['-c', one])
  const { stdout } = await execa('git', [...config, ...args], { cwd, stdin: 'ignore' })
  return stdout.trim()
}
