import { dirname } from 'node:path'
import { execa } from 'execa'
import type { AbortOptions } from './temporal/abort.ts'
import { UserError } from './user-error.ts'
import { plain, shortened } from '../text/plain.ts'

/** The commit to release, and the checkout that it was found in. */
export interface Source {
  /** 40 hexadecimal digits (64 in a repository of SHA-256). */
  readonly commit: string
  /** First line of the commit's message, at most 120 characters, safe to print. */
  readonly subject: string
  /** When it was committed, in milliseconds since the epoch. */
  readonly committedAt: number
  /** Absolute path of the checkout's top folder. */
  readonly checkout: string
}

const maxFilesShown = 5

export interface SourceOptions extends AbortOptions {
  /** Path of `slipway.yaml`, in the checkout to release from. */
  readonly configFile: string
  /** Commit, branch or tag. @default `HEAD` of a checkout without changes */
  readonly ref?: string | undefined
}

/**
 * Finds the commit to release in the checkout that holds the configuration.
 *
 * Without a `ref` it is HEAD, and then the checkout must be clean: otherwise the release would not
 * be what the person sees. A ref is always data, whatever it looks like.
 *
 * @throws UserError if there is no git, no repository, no such commit, or a dirty checkout
 */
export async function findSource(options: SourceOptions): Promise<Source> {
  const { signal } = options
  const folder = dirname(options.configFile)
  const checkout = await checkoutOf(folder, { signal })
  if (checkout === undefined) {
    throw new UserError(
      `${folder} is not in a git repository, and a release is made from a commit. Put slipway.yaml into the repository that it deploys, or run this there.`,
    )
  }
  if (options.ref === undefined) await rejectDirty(checkout, signal)
  const commit = await resolveCommit(checkout, options.ref ?? 'HEAD', signal)
  const args = ['log', '-1', '--format=%ct %s', '--end-of-options', commit, '--']
  const log = await git(checkout, args, signal)
  const [, seconds = '0', subject = ''] = /^(\d+) (.*)$/s.exec(log.stdout) ?? []
  return {
    commit,
    subject: shortened(plain(subject), 120),
    committedAt: Number(seconds) * 1_000,
    checkout,
  }
}

/** The top folder of the checkout that a folder is in; `undefined` if it is in none. */
export async function checkoutOf(
  folder: string,
  { signal }: AbortOptions = {},
): Promise<string | undefined> {
  const { failed, stdout, stderr } = await git(folder, ['rev-parse', '--show-toplevel'], signal)
  if (!failed && stdout !== '') return stdout
  if (!/dubious ownership/.test(stderr)) return undefined
  throw new UserError(
    `git refuses to read ${folder}, which belongs to another user. If you trust it: git config --global --add safe.directory ${folder}`,
  )
}

async function rejectDirty(checkout: string, signal: AbortSignal | undefined): Promise<void> {
  const args = ['status', '--porcelain=v1', '-z', '--untracked-files=normal']
  const { failed, stdout, stderr } = await git(checkout, args, signal)
  if (failed)
    throw new UserError(`git cannot tell what has changed in ${checkout}: ${plain(stderr)}`)
  const files = changedFiles(stdout)
  if (files.length === 0) return
  const more = files.length - maxFilesShown
  const shown = [
    ...files.slice(0, maxFilesShown).map((file) => `  ${file}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
  throw new UserError(
    `The checkout has changes that are in no commit:\n${shown.join('\n')}\n` +
      'Commit or stash them, or name the commit to release: --commit HEAD',
  )
}

/** The paths in the output of `git status --porcelain=v1 -z`, safe to print. */
export function changedFiles(status: string): readonly string[] {
  const files: string[] = []
  const entries = status.split('\0').filter((entry) => entry !== '')
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] ?? ''
    files.push(plain(entry.slice(3)))
    // A rename or copy is followed by the previous name.
    if (/^[RC]|^.[RC]/.test(entry)) index += 1
  }
  return files
}

async function resolveCommit(
  checkout: string,
  ref: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const shown = JSON.stringify(plain(ref))
  // An argument cannot hold a NUL byte; no name in git does either.
  if (ref === '' || ref.includes('\0')) throw new UserError(`${shown} names no commit.`)
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]
  const { failed, stdout } = await git(checkout, args, signal)
  if (!failed && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(stdout)) return stdout
  if (ref === 'HEAD') {
    throw new UserError(`The repository ${checkout} has no commit yet. Make the first: git commit`)
  }
  throw new UserError(
    `There is no commit ${shown} in ${checkout}. If it is on a remote, fetch it first: git fetch --all`,
  )
}

interface GitOutput {
  readonly failed: boolean
  readonly stdout: string
  readonly stderr: string
}

async function git(
  cwd: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<GitOutput> {
  signal?.throwIfAborted()
  const { failed, stdout, stderr, code } = await execa('git', ['-C', cwd, ...args], {
    reject: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    stdin: 'ignore',
    // A library leaves the signals of the process alone; git ends soon anyway.
    cleanup: false,
    // Messages are matched above; `git status` must not write to the index.
    env: { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' },
  })
  signal?.throwIfAborted()
  if (code === 'ENOENT') {
    throw new UserError(
      'There is no `git` on the PATH, and a release is made from a commit. Install it.',
    )
  }
  return { failed, stdout, stderr }
}
