import { readdirSync, readFileSync } from 'node:fs'

/**
 * Whether a process runs. One that has ended but that nobody has asked about yet (a zombie) does
 * not; one whose first thread alone has ended, which looks the same, does.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // It runs, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  return stat(pid)?.state !== 'Z' || threadsOf(pid).some((thread) => thread !== pid)
}

/**
 * When a process started, in whatever unit the system has: together with its id it names a
 * process for good, while an id alone is given to another one sooner or later. Absent where the
 * system does not say (no /proc).
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
