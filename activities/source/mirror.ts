import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { log } from '@temporalio/activity'
import { fileNameFor } from './cache-dir.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { git, gitOutput, remoteOf, succeeded, type Remote } from './git.ts'
import { holdingLock } from './lock.ts'

/** A bare clone of a repository, shared by all releases of this builder. */
export interface Mirror {
  readonly path: string
  readonly remote: Remote
  /** Held while something in it is changed. */
  readonly lock: string
}

export function mirrorOf(cacheDir: string, repository: string): Mirror {
  const remote = remoteOf(repository)
  const path = join(cacheDir, 'mirrors', `${fileNameFor(remote.url)}.git`)
  return { path, remote, lock: `${path}.lock` }
}

/**
 * Makes sure that a commit is in the mirror, with everything that it is made of: fetched only where
 * it is missing. By itself where the other side gives out single commits, else with all branches
 * and tags.
 *
 * Fails as `PreconditionFailed` where the repository cannot be read or has no such commit.
 */
export async function mirrorCommit(cacheDir: string, repository: string, commit: string) {
  refuseStrange(repository, commit)
  const mirror = mirrorOf(cacheDir, repository)
  await mkdir(join(cacheDir, 'mirrors'), { recursive: true, mode: 0o700 })
  await holdingLock(mirror.lock, async () => {
    await mkdir(mirror.path, { recursive: true })
    await gitOutput(['init', '--quiet', '--bare', '.'], { ...here(mirror) })
    if (await hasCommit(mirror, commit)) return
    log.info(`Fetching ${commit} from ${mirror.remote.url}`)
    await fetchCommit(mirror, commit)
  })
  return mirror
}

async function fetchCommit(mirror: Mirror, commit: string) {
  // A ref of its own keeps the commit from being collected.
  const alone = await fetch(mirror, `${commit}:refs/slipway/${commit}`)
  if (succeeded(alone) && (await hasCommit(mirror, commit))) return
  const all = await fetch(mirror, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*')
  if (await hasCommit(mirror, commit)) return
  if (succeeded(all)) {
    throw failure(
      'PreconditionFailed',
      `There is no commit ${commit} in ${mirror.remote.url}. Push it, or check "repository" in slipway.yaml, and ask again.`,
    )
  }
  throw unreadable(mirror.remote, all.tail)
}

/** What git said of a repository that it could not read: for now, or for good. */
export function unreadable({ url }: Remote, tail: readonly string[]): Error {
  const said = tail.join('\n')
  if (mayPass.test(said)) return unavailable(`${url} cannot be fetched now:\n${said}`)
  return failure(
    'PreconditionFailed',
    `The builder cannot read ${url}. Check "repository" in slipway.yaml and the builder's access to it ("git ls-remote" there). git says:\n${said}`,
  )
}

const mayPass =
  /Could not resolve host|Connection (refused|reset|timed out)|timed out|HTTP 5\d\d|error: 5\d\d|early EOF|hung up unexpectedly|Temporary failure/i

async function fetch(mirror: Mirror, ...refspecs: readonly string[]) {
  const flags = ['--no-tags', '--no-write-fetch-head', '--no-auto-gc', '--update-shallow']
  return await git(['fetch', '--quiet', ...flags, '--end-of-options', 'origin', ...refspecs], {
    ...here(mirror),
    label: 'source',
  })
}

async function hasCommit(mirror: Mirror, commit: string): Promise<boolean> {
  const type = await git(['cat-file', '-t', commit], here(mirror))
  return succeeded(type) && type.stdout.trim() === 'commit'
}

function here({ path, remote }: Mirror) {
  return { cwd: path, remote }
}

function refuseStrange(repository: string, commit: string) {
  if (!/^[0-9a-f]{40}$/.test(commit)) {
    throw failure(
      'PreconditionFailed',
      `"${commit}" is not a full commit id of 40 hexadecimal digits.`,
    )
  }
  refuseTransport(repository)
}

/** Fails as `PreconditionFailed` for an address that has git run a program of its choosing. */
export function refuseTransport(repository: string): void {
  const transport = /^([A-Za-z0-9+.-]+)::/.exec(repository)?.[1]
  if (transport !== undefined) {
    throw failure(
      'PreconditionFailed',
      `"repository" asks git for the transport "${transport}::", which may run any program. Use a path or an https, ssh, git or file URL.`,
    )
  }
}
