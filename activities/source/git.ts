import { toolVariables } from '../process/environment-variables.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { run, type Ran } from '../process/run.ts'

/** How git may reach a repository. `ext::` and the like would run a program of the URL's choosing. */
const protocols = 'file:git:http:https:ssh'

/** A repository's address, and what must be said to be let in, kept apart. */
export interface Remote {
  /** Without a password: this is what programs, logs and messages see. */
  readonly url: string
  /** `Basic …`, where the address held a password. */
  readonly authorization?: string
}

/** Takes the user and password out of an `https://user:password@…` address. */
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
  /** Narrower than git's own choice for what the repository itself points at. */
  readonly protocols?: string
}

/**
 * Runs git with an array of arguments, deaf to what a repository or an address might try: no
 * hooks, no prompts, known protocols only. The address goes in as configuration through the
 * environment (git-config(1), `GIT_CONFIG_COUNT`), never as an argument that could pass for an
 * option, and so does the password, which must not be seen in the list of processes.
 */
export async function git(args: readonly string[], options: GitOptions): Promise<Ran> {
  const { cwd, remote, label } = options
  const ran = await run('git', args, {
    cwd,
    env: { ...toolVariables(), ...hardened(remote, options.protocols ?? protocols) },
    ...(label === undefined ? {} : { label }),
    ...(remote.authorization === undefined ? {} : { secrets: [remote.authorization] }),
  })
  if (ran.kind === 'not found') {
    throw failure('EngineMissing', 'There is no "git" on the builder. Install it and ask again.')
  }
  return ran
}

/** Runs git and gives its standard output; fails as `Unavailable` where it does not exit with 0. */
export async function gitOutput(args: readonly string[], options: GitOptions): Promise<string> {
  const ran = await git(args, options)
  if (succeeded(ran)) return ran.stdout.trimEnd()
  throw unavailable(
    `git ${args[0] ?? ''} failed for ${options.remote.url}:\n${ran.tail.join('\n')}`,
  )
}

export function succeeded(ran: Ran): boolean {
  return ran.kind === 'exited' && ran.exitCode === 0
}

function hardened({ url, authorization }: Remote, allowed: string) {
  const settings: [string, string][] = [
    ['remote.origin.url', url],
    ['core.hooksPath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['advice.detachedHead', 'false'],
  ]
  if (authorization !== undefined) {
    settings.push([`http.${url}.extraHeader`, `Authorization: ${authorization}`])
  }
  // Settings that the builder was started with stay in force, before ours.
  const inherited = Number.parseInt(process.env['GIT_CONFIG_COUNT'] ?? '', 10) || 0
  const variables: Record<string, string | undefined> = {
    ...elsewhere,
    GIT_ALLOW_PROTOCOL: allowed,
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

/** A builder started from a git hook would else work on the repository of that hook. */
const elsewhere = {
  GIT_COMMON_DIR: undefined,
  GIT_DIR: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_OBJECT_DIRECTORY: undefined,
  GIT_WORK_TREE: undefined,
}
