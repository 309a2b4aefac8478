import { existsSync } from 'node:fs'
import { execa } from 'execa'
import { toolVariables } from '../process/environment-variables.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { run, succeeded, type RunResult } from '../process/run.ts'

/** Protocols that git may use. `ext::` and the like would run a program that the URL chooses. */
const protocols = 'file:git:http:https:ssh'
const submoduleProtocols = 'git:http:https:ssh'

/** A repository's URL, apart from its credentials. */
export interface Remote {
  /** Without a password: programs, logs and messages see only this. */
  readonly url: string
  /** `Basic …`, if the URL contained a password. */
  readonly authorization?: string
}

/** Separates the user and password from an `https://user:password@…` URL. */
export function remoteOf(repository: string): Remote {
  if (!/^https?:\/\//i.test(repository) || !URL.canParse(repository)) return { url: repository }
  const url = new URL(repository)
  const { username, password } = url
  if (username === '' && password === '') return { url: repository }
  url.username = ''
  url.password = ''
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { url: url.href, authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

export interface GitOptions {
  readonly cwd: string
  readonly remote: Remote
  readonly label?: string
  /** Written to standard input. Default: empty. */
  readonly input?: string
  /** Keeps all of the standard output, however long it is. */
  readonly wholeOutput?: boolean
  /**
   * For a command that also works on submodules. They have remotes of their own, so `origin` is not
   * given to them; and they must not read files of this host, which is git's own default since
   * CVE-2022-39253.
   */
  readonly inSubmodules?: boolean
}

/**
 * Runs git with an array of arguments, hardened against hostile repositories and URLs: no hooks, no
 * prompts, known protocols only. The URL and the password are passed as configuration through the
 * environment (git-config(1), `GIT_CONFIG_COUNT`): an argument could be mistaken for an option, and
 * is visible in the list of processes.
 */
export async function git(args: readonly string[], options: GitOptions): Promise<RunResult> {
  const { cwd, remote, label, input, wholeOutput, inSubmodules } = options
  const result = await run('git', args, {
    cwd,
    env: { ...toolVariables(), ...hardenedVariables(remote, inSubmodules === true) },
    // Otherwise it would still write to a checkout that the next worker takes for left behind.
    guarded: true,
    ...(label === undefined ? {} : { label }),
    ...(input === undefined ? {} : { input }),
    ...(wholeOutput === undefined ? {} : { wholeOutput }),
    ...(remote.authorization === undefined ? {} : { secrets: [remote.authorization] }),
  })
  if (result.kind === 'not found') {
    throw failure(
      'EngineMissing',
      'The builder has no "git" program. Install git there and try again.',
    )
  }
  return result
}

/**
 * Makes a repository forget the worktrees whose folders are gone. Also works after the activity has
 * been cancelled, which ends every other call of git, and outside of one.
 */
export async function pruneWorktrees(mirror: string): Promise<void> {
  const env = { ...toolVariables(), ...hardenedVariables({ url: mirror }, false) }
  const options = { cwd: mirror, env, extendEnv: false, stdin: 'ignore', reject: false } as const
  const worktree = async (...args: readonly string[]) =>
    (await execa('git', ['worktree', ...args], options)).stdout
  const listed = await worktree('list', '--porcelain')
  for (const [, path = ''] of listed.matchAll(/^worktree (.*)$/gm)) {
    // git locks a worktree while it makes it, and does not prune a locked one (git-worktree(1)).
    if (!existsSync(path)) await worktree('unlock', '--', path)
  }
  await worktree('prune')
}

/** Runs git and returns its standard output. Fails as `Unavailable` if it does not exit with 0. */
export async function gitOutput(args: readonly string[], options: GitOptions): Promise<string> {
  const result = await git(args, options)
  if (succeeded(result)) return result.stdout.trimEnd()
  throw unavailable(
    `"git ${args[0] ?? ''}" failed for ${options.remote.url}. Its last lines:\n${result.tail.join('\n')}`,
  )
}

function hardenedVariables({ url, authorization }: Remote, inSubmodules: boolean) {
  const settings: [string, string][] = [
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['advice.detachedHead', 'false'],
  ]
  if (!inSubmodules) settings.push(['remote.origin.url', url])
  if (authorization !== undefined) {
    settings.push([`http.${url}.extraHeader`, `Authorization: ${authorization}`])
  }
  // The builder's own settings stay in force; ours follow them.
  const inherited = Number.parseInt(process.env['GIT_CONFIG_COUNT'] ?? '', 10) || 0
  const variables: Record<string, string | undefined> = {
    ...noOuterRepository,
    GIT_ALLOW_PROTOCOL: inSubmodules ? submoduleProtocols : protocols,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_COUNT: String(inherited + settings.length),
  }
  for (const [index, [key, value]] of settings.entries()) {
    variables[`GIT_CONFIG_KEY_${inherited + index}`] = key
    variables[`GIT_CONFIG_VALUE_${inherited + index}`] = value
  }
  return variables
}

/** Otherwise a builder that is started from a git hook would work on the hook's repository. */
const noOuterRepository = {
  GIT_COMMON_DIR: undefined,
  GIT_DIR: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_OBJECT_DIRECTORY: undefined,
  GIT_WORK_TREE: undefined,
}
