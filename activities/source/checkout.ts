import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { log } from '@temporalio/activity'
import { succeeded, type RunResult } from '../process/run.ts'
import { failure, unavailable } from '../temporal/failures.ts'
import { git, gitOutput } from './git.ts'
import { withLock } from '../cache/lock.ts'
import { requireFilters } from './filters.ts'
import { isTransient, mirrorCommit, mirrorOf, type Mirror } from './mirror.ts'
import { claim, isReady, markReady, removeWorktree, worktreeOf } from './worktree.ts'
import type { SourceRef } from '../../contract/activity-types.ts'
import { withoutControlCharacters } from '../../text/control-characters.ts'
import { shortened } from '../../text/plain.ts'

/** The source of a release on this host. */
export interface Source {
  /** Absolute path of the worktree. */
  readonly path: string
  /** First line of the commit message, at most 120 characters, in plain text. */
  readonly subject: string
}

/**
 * Checks out one commit, with submodules, into a worktree of this release alone. A repeated call
 * reuses the worktree, or recreates it if a crash left it incomplete. One that cannot be
 * completed, since git fails or the release is cancelled, is removed at once.
 *
 * Fails as `PreconditionFailed` if the repository cannot be read, has no such commit, or has files
 * that the builder lacks a filter for.
 */
export async function checkOut(cacheDir: string, source: SourceRef): Promise<Source> {
  const mirror = await mirrorCommit(cacheDir, source.repository, source.commit)
  const worktree = worktreeOf(cacheDir, mirror.path, source)
  await withLock(mirror.lock, async () => {
    if (await isReady(worktree, source.commit)) {
      return await claim(cacheDir, worktree, source.release)
    }
    await removeWorktree(worktree)
    await claim(cacheDir, worktree, source.release)
    try {
      await add(mirror, worktree.path, source)
    } catch (error) {
      // The release does not learn which builder to ask for the removal.
      await removeWorktree(worktree)
      throw error
    }
    await markReady(worktree, source.commit)
  })
  const message = await gitOutput(['log', '-1', '--format=%s', '--end-of-options', source.commit], {
    cwd: mirror.path,
    remote: mirror.remote,
  })
  return { path: worktree.path, subject: plainSubject(message) }
}

/** Removes the worktree of a release. Logs a warning if that is not possible. */
export async function discard(cacheDir: string, source: SourceRef): Promise<void> {
  try {
    const mirror = mirrorOf(cacheDir, source.repository)
    if (!existsSync(mirror.path)) return
    const worktree = worktreeOf(cacheDir, mirror.path, source)
    await withLock(mirror.lock, () => removeWorktree(worktree))
  } catch (error) {
    log.warn('The worktree of this release could not be removed', { error })
  }
}

async function add(mirror: Mirror, path: string, { commit }: SourceRef) {
  const { remote } = mirror
  const inMirror = { cwd: mirror.path, remote }
  const flags = ['--detach', '--force', '--quiet']
  const added = await git(['worktree', 'add', ...flags, '--', path, commit], {
    ...inMirror,
    label: 'source',
  })
  if (!succeeded(added)) {
    throw incomplete(
      added,
      `Commit ${commit} of ${remote.url} cannot be checked out on the builder. Fix the error that git prints, and try again:`,
    )
  }
  if (existsSync(join(path, '.gitmodules'))) {
    // Relative URLs of submodules are relative to this one, which they do not get by variables.
    await gitOutput(['config', '--', 'remote.origin.url', remote.url], inMirror)
    const update = ['submodule', 'update', '--quiet', '--init', '--recursive']
    const modules = await git(update, { cwd: path, remote, label: 'source', inSubmodules: true })
    if (!succeeded(modules)) {
      throw incomplete(
        modules,
        `A submodule of commit ${commit} of ${remote.url} cannot be checked out. Check its URL in .gitmodules and the builder's access to it. git says:`,
      )
    }
  }
  await requireFilters(path, { commit, remote })
}

/** The failure for a checkout that git could not complete: transient or permanent. */
function incomplete({ tail }: RunResult, message: string): Error {
  const output = tail.join('\n')
  if (isTransient(output)) return unavailable(`${message}\n${output}`)
  return failure('PreconditionFailed', `${message}\n${output}`)
}

/** A commit subject without control characters, at most 120 characters long. */
export function plainSubject(message: string): string {
  return shortened(withoutControlCharacters(message), 120)
}
