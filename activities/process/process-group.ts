/** Process groups to kill when this process exits. */
const groups = new Set<number>()
let listening = false

/**
 * Kills a process group when this process exits; returns a function that stops tracking it. It does
 * not work if this process dies by `kill -9`: see `guarded` in `run.ts` for programs that must not
 * survive that.
 */
export function killOnExit(pid: number | undefined): () => void {
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

/** Sends a signal to every process of a group; does nothing if the group is empty. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals) {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    // macOS returns EPERM for a group that has only zombies left.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
