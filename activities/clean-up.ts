import { removeDeadOwners } from './cache/owner.ts'
import { removeLeftLogins } from './image/docker-config.ts'
import { freeMirrors, removeUnusedWorktrees, type IsRunning } from './source/left-behind.ts'

/**
 * Removes what builders have left behind in a cache: the logins and locks of processes that have
 * died, worktrees of releases that have ended, and what git had not completed. What a living process
 * uses stays, whichever it is. Returns what was removed, for a log.
 */
export async function cleanUp(cacheDir: string, isRunning: IsRunning): Promise<readonly string[]> {
  await freeMirrors(cacheDir)
  const logins = await removeLeftLogins(cacheDir)
  const worktrees = await removeUnusedWorktrees(cacheDir, isRunning)
  await removeDeadOwners(cacheDir)
  return [...logins.map((name) => `login ${name}`), ...worktrees.map((name) => `worktree ${name}`)]
}
