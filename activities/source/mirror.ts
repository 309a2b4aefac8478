import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { log } from '@temporalio/activity'
import { fileNameFor } from '../cache/cache-dir.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { succeeded } from '../process/run.ts'
import { git, gitOutput, remoteOf, type Remote } from './git.ts'
import { withLock, type Lock } from '../cache/lock.ts'

/** A bare clone of a repository, shared by all releases of this builder. */
export interface Mirror {
  readonly path: string
  readonly remote: Remote
  /** Held while the mirror or one of its worktrees is changed. */
  readonly lock: Lock
}

export function mirrorOf(cacheDir: string, repository: string): Mirror {
  const remote = remoteOf(repository)
  const path = join(cacheDir, 'mirrors', `${fileNameFor(remote.url)}.git`)
  return { path, remote, lock: lockOf(cacheDir, path) }
}

export function lockOf(cacheDir: string, mirror: string): Lock {
  return { cacheDir, path: `${mirror}.lock`, repair: () => removeUnfinished(mirror) }
}

/**
 * Removes what git leaves in a repository when it is killed: lock files, which would make every later
 * call fail, and packs and objects that are not complete. Worktrees have lock files of their own,
 * which may belong to a check that runs there.
 */
async function removeUnfinished(mirror: string): Promise<void> {
  const unfinished = /\.lock$|(^|\/)(tmp_|incoming-)/
  const all: string[] = await readdir(mirror).catch(() => [])
  for (const folder of ['refs', 'objects']) {
    const names = await readdir(join(mirror, folder), { recursive: true }).catch(() => [])
    all.push(...names.map((name) => join(folder, name)))
  }
  for (const name of all.filter((one) => unfinished.test(one))) {
    await rm(join(mirror, name), { recursive: true, force: true })
  }
}

/**
 * Fetches a commit and all its objects into the mirror, unless it is already there. Fetches only
 * that commit if the server allows it, else all branches and tags.
 *
 * Fails as `PreconditionFailed` if the repository cannot be read or has no such commit.
 */
export async function mirrorCommit(cacheDir: string, repository: string, commit: string) {
  rejectInvalid(repository, commit)
  const mirror = mirrorOf(cacheDir, repository)
  await withLock(mirror.lock, async () => {
    await mkdir(mirror.path, { recursive: true })
    await gitOutput(['init', '--quiet', '--bare', '.'], inMirror(mirror))
    if (await hasCommit(mirror, commit)) return
    log.info(`Fetching ${commit} from ${mirror.remote.url}`)
    await fetchCommit(mirror, commit)
  })
  return mirror
}

async function fetchCommit(mirror: Mirror, commit: string) {
  // A ref of its own protects the commit from garbage collection.
  const alone = await fetch(mirror, `${commit}:refs/slipway/${commit}`)
  if (succeeded(alone) && (await hasCommit(mirror, commit))) return
  const all = await fetch(mirror, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*')
  if (await hasCommit(mirror, commit)) return
  if (succeeded(all)) {
    throw failure(
      'PreconditionFailed',
      `There is no commit ${commit} in ${mirror.remote.url}. Push it, or correct "repository" in slipway.yaml, and try again.`,
    )
  }
  throw unreadable(mirror.remote, all.tail)
}

/** The failure for a repository that git could not read: transient or permanent. */
export function unreadable({ url }: Remote, tail: readonly string[]): Error {
  const output = tail.join('\n')
  if (isTransient(output)) {
    return unavailable(`${url} cannot be fetched at the moment. git says:\n${output}`)
  }
  return failure(
    'PreconditionFailed',
    `The builder cannot read ${url}. Check "repository" in slipway.yaml, and the builder's access to it with "git ls-remote" there. git says:\n${output}`,
  )
}

/** Whether git, ssh or git-lfs could not reach a server, or the server was not able to answer. */
export const isTransient = (output: string) =>
  /Could not resolve host|no such host|Connection (refused|reset|timed out)|timed out|i\/o timeout|HTTP 5\d\d|error: 5\d\d|Server error|early EOF|hung up unexpectedly|Temporary failure/i.test(
    output,
  ) &&
  // A filter whose program is missing ends with "the remote end hung up unexpectedly".
  !/^[^:]+: (\d+: )?[^:]+: (command )?not found$/im.test(output)

async function fetch(mirror: Mirror, ...refspecs: readonly string[]) {
  const flags = ['--no-tags', '--no-write-fetch-head', '--no-auto-gc', '--update-shallow']
  return await git(['fetch', '--quiet', ...flags, '--end-of-options', 'origin', ...refspecs], {
    ...inMirror(mirror),
    label: 'source',
  })
}

async function hasCommit(mirror: Mirror, commit: string): Promise<boolean> {
  const type = await git(['cat-file', '-t', commit], inMirror(mirror))
  return succeeded(type) && type.stdout.trim() === 'commit'
}

function inMirror({ path, remote }: Mirror) {
  return { cwd: path, remote }
}

function rejectInvalid(repository: string, commit: string) {
  if (!/^[0-9a-f]{40}$/.test(commit)) {
    throw failure(
      'PreconditionFailed',
      `"${commit}" is not a full commit id: expected 40 hexadecimal digits, as "git rev-parse HEAD" prints them.`,
    )
  }
  rejectTransport(repository)
}

/** Fails as `PreconditionFailed` for a URL that would make git run a program that the URL chooses. */
export function rejectTransport(repository: string): void {
  const transport = /^([A-Za-z0-9+.-]+)::/.exec(repository)?.[1]
  if (transport !== undefined) {
    throw failure(
      'PreconditionFailed',
      `"repository" uses git's transport "${transport}::", which may run any program. Use a path or an https, ssh, git or file URL in slipway.yaml.`,
    )
  }
}
