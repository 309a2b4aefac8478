import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { Context } from '@temporalio/activity'

/** How often a holder shows that it lives, and after how long one that does not is given up. */
const refreshMs = 2_000
const staleMs = 15_000
const retryMs = 100

/**
 * Does some work while holding a lock that every process on this host respects: a directory, made
 * in one step or not at all. A holder touches it as long as it lives; one that died (`kill -9`)
 * loses it after 15 s.
 */
export async function holdingLock<Result>(
  path: string,
  work: () => Promise<Result>,
): Promise<Result> {
  while (!(await take(path))) {
    await giveUpOnTheDead(path)
    await Context.current().sleep(retryMs * (1 + Math.random()))
  }
  const timer = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => undefined)
  }, refreshMs)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    await rm(path, { recursive: true, force: true })
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Moved away before it is removed: of two that give up on the same holder, one succeeds. */
async function giveUpOnTheDead(path: string) {
  try {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs < staleMs) return
    const aside = `${path}.${randomUUID()}`
    await rename(path, aside)
    await rm(aside, { recursive: true, force: true })
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
