import { dirname } from 'node:path'
import { execa } from 'execa'
import { UserError } from './user-error.ts'
import { plain, shortened } from '../text/plain.ts'

/** The commit that is to be released, and where it was found. */
export interface Source {
  /** 40 hexadecimal digits (64 in a repository of SHA-256). */
  readonly commit: string
  /** First line of the commit's message, at most 120 characters, safe to show. */
  readonly subject: string
  /** When it was committed, in milliseconds since the epoch. */
  readonly committedAt: number
  /** Absolute path of the checkout's top. */
  readonly checkout: string
}

const maxFilesShown = 5

/**
 * Finds the commit to release in the checkout that holds the configuration.
 *
 * Without an explicit `ref` it is HEAD, and then a checkout with changes is refused: what would
 * be released is not what the person sees. A ref is always data, whatever it looks like.
 *
 * @throws Refusal where there is no git, no repository, no such commit, or a dirty checkout
 */
export async function findSource(options: {
  readonly configFile: string
  readonly ref?: string | undefined
}): Promise<Source> {
  const folder = dirname(options.configFile)
  const checkout = await checkoutOf(folder)
  if (checkout === undefined) {
    throw new UserError(
      `${folder} is not in a git repository, and a release is made from a commit. Put the configuration into the repository that it deploys, or go there.`,
    )
  }
  if (options.ref === undefined) await refuseDirty(checkout)
  const commit = await resolveCommit(checkout, options.ref ?? 'HEAD')
  const log = await git(checkout, [
    'log',
    '-1',
    '--format=%ct %s',
    '--end-of-options',
    commit,
    '--',
  ])
  const [, seconds = '0', subject = ''] = /^(\d+) (.*)$/s.exec(log.stdout) ?? []
  return {
    commit,
    subject: shortened(plain(subject), 120),
    committedAt: Number(seconds) * 1_000,
    checkout,
  }
}

/** The top of the checkout that a folder is in; `undefined` where it is in none. */
export async function checkoutOf(folder: string): Promise<string | undefined> {
  const { failed, stdout, stderr } = await git(folder, ['rev-parse', '--show-toplevel'])
  if (!failed && stdout !== '') return stdout
  if (!/dubious ownership/.test(stderr)) return undefined
  throw new UserError(
    `git refuses to read ${folder}, which belongs to another user. If you trust it: git config --global --add safe.directory ${folder}`,
  )
}

async function refuseDirty(checkout: string): Promise<void> {
  const { failed, stdout, stderr } = await git(checkout, [
    'status',
    '--porcelain=v1',
    '-z',
    '--untracked-files=normal',
  ])
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

/** The paths in an answer of `git status --porcelain=v1 -z`, safe to show. */
export function changedFiles(status: string): readonly string[] {
  const files: string[] = []
  const entries = status.split('\0').filter((entry) => entry !== '')
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index] ?? ''
    files.push(plain(entry.slice(3)))
    // A rename or copy is followed by the name it had before.
    if (/^[RC]|^.[RC]/.test(entry)) index += 1
  }
  return files
}

async function resolveCommit(checkout: string, ref: string): Promise<string> {
  const shown = JSON.stringify(plain(ref))
  // An argument cannot hold a NUL byte; no name in git does either.
  if (ref === '' || ref.includes('\0')) throw new UserError(`${shown} names no commit.`)
  const { failed, stdout } = await git(checkout, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  ])
  if (!failed && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(stdout)) return stdout
  if (ref === 'HEAD') {
    throw new UserError(`The repository ${checkout} has no commit yet. Make the first: git commit`)
  }
  throw new UserError(
    `There is no commit ${shown} in ${checkout}. If it is on a remote, fetch it first: git fetch --all`,
  )
}

interface GitAnswer {
  readonly failed: boolean
  readonly stdout: string
  readonly stderr: string
}

async function git(cwd: string, args: readonly string[]): Promise<GitAnswer> {
  const { failed, stdout, stderr, code } = await execa('git', ['-C', cwd, ...args], {
    reject: false,
    stdin: 'ignore',
    // Messages are matched above; a status must not write to the index of a checkout it reads.
    env: { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' },
  })
  if (code === 'ENOENT') {
    throw new UserError(
      'There is no `git` on the PATH, and a release is made from a commit. Install it.',
    )
  }
  return { failed, stdout, stderr }
}
