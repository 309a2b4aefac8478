import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isOlderThan } from '../cache/cache-dir.ts'
import { ifFree, removeIfDead } from '../cache/lock.ts'
import { isAlive, ownerIn } from '../cache/owner.ts'
import { pruneWorktrees } from './git.ts'
import { lockOf } from './mirror.ts'
import {
  claimOf,
  removeFiles,
  removeWorktree,
  worktreeAt,
  worktreesIn,
  type Claim,
} from './worktree.ts'

/** An older version did not note who uses a worktree: one as old as this was left behind. */
const unclaimedMs = 2 * 24 * 60 * 60 * 1_000

/** Whether Temporal knows a release, by its id, that has not ended. */
export type IsRunning = (release: string) => Promise<boolean>

/** Removes locks whose holder has died, and what they held up. */
export async function freeMirrors(cacheDir: string): Promise<void> {
  const mirrors = join(cacheDir, 'mirrors')
  for (const name of await readdir(mirrors).catch(() => [])) {
    const path = join(mirrors, name)
    if (name.endsWith('.git')) await ifFree(lockOf(cacheDir, path), () => pruneWorktrees(path))
    // The locks under which locks were being removed.
    else if (/\.lock\../.test(name)) await removeIfDead(cacheDir, path)
  }
}

/**
 * Removes the worktrees that no release needs any more. Returns their names. Where the process that
 * used one has died, the release may still run: its next step finds what its checks have made.
 */
export async function removeUnusedWorktrees(
  cacheDir: string,
  isRunning: IsRunning,
): Promise<readonly string[]> {
  const files = await readdir(worktreesIn(cacheDir)).catch(() => [])
  const names = new Set(files.map(worktreeAt))
  const removed: string[] = []
  for (const name of names) {
    if (await removeIfUnused(cacheDir, name, isRunning)) removed.push(name)
  }
  return removed
}

async function removeIfUnused(cacheDir: string, name: string, isRunning: IsRunning) {
  const path = join(worktreesIn(cacheDir), name)
  const found = await claimOf(cacheDir, path)
  if (found === undefined) {
    if (!(await isOlderThan(path, unclaimedMs))) return false
    await removeFiles(path)
    return true
  }
  if (await isInUse(cacheDir, found, isRunning)) return false
  const done = await ifFree(lockOf(cacheDir, found.mirror), async () => {
    // Another process may have begun to use it meanwhile.
    const now = await claimOf(cacheDir, path)
    if (now?.owner !== found.owner || now.release !== found.release) return false
    await removeWorktree(found)
    return true
  })
  return done.kind === 'done' && done.result
}

/** Another process that lives knows its own releases, of which Temporal may not know here. */
async function isInUse(cacheDir: string, { owner, release }: Claim, isRunning: IsRunning) {
  if (owner !== (await ownerIn(cacheDir)) && (await isAlive(cacheDir, owner))) return true
  return await isRunning(release)
}
