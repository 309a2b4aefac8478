/** What a process that ends by a signal exits with, by convention: 128 and the signal's number. */
export const signalStatus = { SIGINT: 130, SIGTERM: 143 } as const

export type Interrupt = keyof typeof signalStatus

/**
 * Calls when somebody asks this process to end: once, so that the next time ends it at once.
 *
 * @returns what to call when it is of no interest any more
 */
export function onInterrupt(act: (signal: Interrupt) => void): () => void {
  process.once('SIGINT', act).once('SIGTERM', act)
  return () => {
    process.off('SIGINT', act).off('SIGTERM', act)
  }
}
