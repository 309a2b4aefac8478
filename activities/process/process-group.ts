/** Process groups that must not outlive this process. */
const groups = new Set<number>()
let listening = false

/**
 * Ends a process group when this process exits; gives a function that forgets it. A kill -9 of
 * this process is beyond that: what it leaves running ends by itself, and does no harm.
 */
export function endWithUs(pid: number | undefined): () => void {
  if (pid === undefined) return () => undefined
  groups.add(pid)
  if (!listening) {
    listening = true
    process.once('exit', () => {
      for (const group of groups) killGroup(group, 'SIGKILL')
    })
  }
  return () => groups.delete(pid)
}

/** Sends a signal to every process of a group; nothing happens where none is left. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals) {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    // EPERM: macOS says so of a group of which only zombies are left.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
