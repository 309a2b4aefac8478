import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileNameFor } from '../cache/cache-dir.ts'
import { ownerIn } from '../cache/owner.ts'
import { pruneWorktrees } from './git.ts'
import type { SourceRef } from '../../contract/activity-types.ts'

/**
 * The worktree of one release. What Slipway knows about it is in files beside it, since everything in
 * it belongs to the commit.
 */
export interface Worktree {
  /** Absolute path. */
  readonly path: string
  /** Absolute path of the mirror that it is a worktree of. */
  readonly mirror: string
}

/** Who uses a worktree. */
export interface Claim {
  readonly owner: string
  readonly release: string
}

export function worktreesIn(cacheDir: string): string {
  return join(cacheDir, 'worktrees')
}

export function worktreeOf(cacheDir: string, mirror: string, source: SourceRef): Worktree {
  const name = fileNameFor(`${source.repository}\n${source.release}`)
  return { path: join(worktreesIn(cacheDir), name), mirror }
}

const readyMark = (path: string) => `${path}.ready`
const claimMark = (path: string) => `${path}.claim`

/** Whether the worktree has all of that commit. */
export async function isReady({ path }: Worktree, commit: string): Promise<boolean> {
  const marked = await readFile(readyMark(path), 'utf8').catch(() => '')
  return marked === commit && existsSync(join(path, '.git'))
}

export async function markReady({ path }: Worktree, commit: string): Promise<void> {
  await writeFile(readyMark(path), commit)
}

/** Notes that this process uses the worktree, for a release. Do that before it is made. */
export async function claim(cacheDir: string, worktree: Worktree, release: string): Promise<void> {
  const { path, mirror } = worktree
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const owner = await ownerIn(cacheDir)
  const draft = `${claimMark(path)}.new`
  await writeFile(draft, JSON.stringify({ owner, release, mirror: basename(mirror) }))
  await rename(draft, claimMark(path))
}

/** Reads who uses a worktree; nothing for one of an older version. */
export async function claimOf(
  cacheDir: string,
  path: string,
): Promise<(Claim & Worktree) | undefined> {
  try {
    const { owner, release, mirror } = JSON.parse(await readFile(claimMark(path), 'utf8'))
    return {
      owner: String(owner),
      release: String(release),
      path,
      mirror: join(cacheDir, 'mirrors', basename(String(mirror))),
    }
  } catch {
    return undefined
  }
}

/** Removes a worktree and, last, the note who uses it. Also works in a cancelled activity. */
export async function removeWorktree({ path, mirror }: Worktree): Promise<void> {
  await removeFiles(path)
  if (existsSync(mirror)) await pruneWorktrees(mirror)
  await rm(claimMark(path), { force: true })
}

/** Removes a worktree whose mirror is not known; git forgets it when it next prunes. */
export async function removeFiles(path: string): Promise<void> {
  await rm(readyMark(path), { force: true })
  await rm(path, { recursive: true, force: true })
}

/** The path of the worktree that a file in the folder of worktrees is, or is about. */
export function worktreeAt(file: string): string {
  return file.replace(/\.(ready|claim)$/, '')
}
