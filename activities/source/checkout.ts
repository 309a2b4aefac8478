import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { log } from '@temporalio/activity'
import { fileNameFor } from './cache-dir.ts'
import { failure } from '../temporal/failures.ts'
import { git, gitOutput, succeeded } from './git.ts'
import { holdingLock } from './lock.ts'
import { mirrorCommit, mirrorOf, type Mirror } from './mirror.ts'
import type { SourceRef } from '../../contract/activity-types.ts'

/** A worktree that nobody has asked for in this time belongs to a release that died. */
const forgottenAfterMs = 2 * 24 * 60 * 60 * 1_000

/** The source of a release on this host. */
export interface Source {
  /** Absolute path of the worktree. */
  readonly path: string
  /** First line of the commit message, at most 120 characters, in plain text. */
  readonly subject: string
}

/**
 * The source at exactly a commit: a worktree for this release alone, with submodules. Made once;
 * asked for again, also after a crash in the middle, it is there or made anew.
 *
 * Fails as `PreconditionFailed` where the repository cannot be read or has no such commit.
 */
export async function checkOut(cacheDir: string, source: SourceRef): Promise<Source> {
  const mirror = await mirrorCommit(cacheDir, source.repository, source.commit)
  const path = worktreeOf(cacheDir, source)
  await holdingLock(mirror.lock, async () => {
    if (await isReady(path, source.commit)) return
    await forgetOld(cacheDir)
    await remove(mirror, path)
    await add(mirror, path, source)
    await writeFile(readyMark(path), source.commit)
  })
  const message = await gitOutput(['log', '-1', '--format=%s', '--end-of-options', source.commit], {
    cwd: mirror.path,
    remote: mirror.remote,
  })
  return { path, subject: inPlainText(message) }
}

/** Removes the worktree of a release. What cannot be removed is only reported. */
export async function discard(cacheDir: string, source: SourceRef): Promise<void> {
  try {
    const mirror = mirrorOf(cacheDir, source.repository)
    if (!existsSync(mirror.path)) return
    await holdingLock(mirror.lock, () => remove(mirror, worktreeOf(cacheDir, source)))
  } catch (error) {
    log.warn('The worktree of this release could not be removed.', { error })
  }
}

function worktreeOf(cacheDir: string, { release, repository }: SourceRef): string {
  return join(cacheDir, 'worktrees', fileNameFor(`${repository}\n${release}`))
}

/** Beside the worktree and not in it: everything in it belongs to the commit. */
function readyMark(path: string): string {
  return `${path}.ready`
}

async function isReady(path: string, commit: string): Promise<boolean> {
  const marked = await readFile(readyMark(path), 'utf8').catch(() => '')
  return marked === commit && existsSync(join(path, '.git'))
}

async function add(mirror: Mirror, path: string, { commit }: SourceRef) {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  const { remote } = mirror
  const flags = ['--detach', '--force', '--quiet']
  const made = await git(['worktree', 'add', ...flags, '--', path, commit], {
    cwd: mirror.path,
    remote,
    label: 'source',
  })
  if (!succeeded(made)) {
    throw failure(
      'PreconditionFailed',
      `Commit ${commit} of ${remote.url} cannot be checked out. git says:\n${made.tail.join('\n')}`,
    )
  }
  if (!existsSync(join(path, '.gitmodules'))) return
  const modules = await git(['submodule', 'update', '--quiet', '--init', '--recursive'], {
    cwd: path,
    remote,
    label: 'source',
    // git's own choice since CVE-2022-39253: a submodule must not read files of this host.
    protocols: 'git:http:https:ssh',
  })
  if (succeeded(modules)) return
  throw failure(
    'PreconditionFailed',
    `A submodule of commit ${commit} of ${remote.url} cannot be checked out. git says:\n${modules.tail.join('\n')}`,
  )
}

async function remove(mirror: Mirror, path: string) {
  await rm(readyMark(path), { force: true })
  await rm(path, { recursive: true, force: true })
  await git(['worktree', 'prune'], { cwd: mirror.path, remote: mirror.remote })
}

/** Removes what releases that died have left; git forgets it with the next prune. */
async function forgetOld(cacheDir: string) {
  const folder = join(cacheDir, 'worktrees')
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    const path = join(folder, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs < forgottenAfterMs) continue
    log.info(`Removing ${name}, which a release has left behind.`)
    await rm(path, { recursive: true, force: true })
  }
}

export function inPlainText(message: string): string {
  // eslint-disable-next-line no-control-regex
  return message.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').slice(0, 120)
}
