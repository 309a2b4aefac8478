import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { Context } from '@temporalio/activity'

/** How often a holder refreshes its lock, and after how long without a refresh it counts as dead. */
const refreshMs = 2_000
const staleMs = 15_000
const retryMs = 100

/**
 * Runs `work` while holding a lock between all processes on this host: a directory, which is created
 * atomically. The holder refreshes it as long as it lives; a holder that died (`kill -9`) loses it
 * after 15 s.
 */
export async function withLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  while (!(await acquire(path))) {
    await breakStaleLock(path)
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

async function acquire(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Renames before it removes, so that only one of two processes breaks the same lock. */
async function breakStaleLock(path: string) {
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
