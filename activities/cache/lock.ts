import { mkdir, readlink, rm, stat, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Context } from '@temporalio/activity'
import { isAlive, ownerIn } from './owner.ts'

const retryMs = 100

/** After how long an older version's lock, a directory that its holder touches, counts as dead. */
const staleDirectoryMs = 15_000

export interface Lock {
  readonly cacheDir: string
  readonly path: string
  /** Called before the lock of a process that died is taken over, whose work it may have cut short. */
  readonly repair: () => Promise<void>
}

/**
 * Runs `work` while holding a lock between all processes that share a cache: a symbolic link, which
 * is created atomically and names the owner. A holder that died (`kill -9`) loses it at once; one
 * that is only stopped keeps it.
 */
export async function withLock<Result>(lock: Lock, work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    const taken = await ifFree(lock, work)
    if (taken.kind === 'done') return taken.result
    await Context.current().sleep(retryMs * (1 + Math.random()))
  }
}

/** Runs `work` while holding a lock, unless another process that lives holds it. */
export async function ifFree<Result>(
  lock: Lock,
  work: () => Promise<Result>,
): Promise<{ readonly kind: 'done'; readonly result: Result } | { readonly kind: 'held' }> {
  const { cacheDir, path } = lock
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const owner = await ownerIn(cacheDir)
  if (!(await acquire(path, owner))) {
    await breakDead(lock, owner)
    if (!(await acquire(path, owner))) return { kind: 'held' }
  }
  try {
    return { kind: 'done', result: await work() }
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(path: string, owner: string): Promise<boolean> {
  try {
    await symlink(owner, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * Removes a lock whose holder has died. Whoever does that holds a second lock: otherwise one process
 * could remove the lock that another one has just taken after removing the dead one.
 */
async function breakDead({ cacheDir, path, repair }: Lock, owner: string): Promise<void> {
  if ((await stateOf(cacheDir, path)) !== 'dead') return
  const breaking = `${path}.breaking`
  if (!(await acquire(breaking, owner))) {
    return await removeIfDead(cacheDir, breaking)
  }
  try {
    if ((await stateOf(cacheDir, path)) !== 'dead') return
    await repair()
    await rm(path, { recursive: true, force: true })
  } finally {
    await rm(breaking, { force: true })
  }
}

/** Removes a lock that a process left behind while it removed another one. */
export async function removeIfDead(cacheDir: string, path: string): Promise<void> {
  if ((await stateOf(cacheDir, path)) === 'dead') await rm(path, { recursive: true, force: true })
}

async function stateOf(cacheDir: string, path: string): Promise<'free' | 'held' | 'dead'> {
  try {
    return (await isAlive(cacheDir, await readlink(path))) ? 'held' : 'dead'
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'free'
    if (codeOf(error) !== 'EINVAL') throw error
  }
  const directory = await stat(path).catch(() => undefined)
  if (directory === undefined) return 'free'
  return Date.now() - directory.mtimeMs < staleDirectoryMs ? 'held' : 'dead'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
