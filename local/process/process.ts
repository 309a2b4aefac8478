import { readdirSync, readFileSync } from 'node:fs'

/**
 * Whether a process runs. A zombie does not; a process of which only the first thread has ended looks
 * the same, and does.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // It runs, and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  return stat(pid)?.state !== 'Z' || threadsOf(pid).some((thread) => thread !== pid)
}

/**
 * When a process started, in the unit of the system. Id and start time identify a process; an id alone is
 * reused sooner or later. Absent: the system does not say (no /proc).
 */
export function startOf(pid: number): string | undefined {
  return stat(pid)?.started
}

/** Ids of the threads that a process still has: a zombie has its first one only. */
function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number)
  } catch {
    return []
  }
}

/** proc(5): state is the 3rd field, the start time the 22nd; the 2nd may hold spaces and brackets. */
function stat(pid: number): { state: string; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', started: fields[19] ?? '' }
  } catch {
    return undefined
  }
}
