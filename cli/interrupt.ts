/** Exit statuses of a process that a signal ends: by convention, 128 plus the signal's number. */
export const signalStatus = { SIGINT: 130, SIGTERM: 143 } as const

export type Interrupt = keyof typeof signalStatus

/** Why a command was aborted: its process received SIGINT or SIGTERM. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly interrupt: Interrupt

  constructor(interrupt: Interrupt) {
    super(`Interrupted by ${interrupt}`)
    this.interrupt = interrupt
  }
}

/**
 * Calls `act` on the first SIGINT or SIGTERM. The next one ends the process at once.
 *
 * @returns a function that stops listening
 */
export function onInterrupt(act: (signal: Interrupt) => void): () => void {
  process.once('SIGINT', act).once('SIGTERM', act)
  return () => {
    process.off('SIGINT', act).off('SIGTERM', act)
  }
}

/** Runs something with a signal that an interrupt of this process aborts, for {@link Interrupted}. */
export async function withInterrupt<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const stopListening = onInterrupt((interrupt) => controller.abort(new Interrupted(interrupt)))
  try {
    return await run(controller.signal)
  } finally {
    stopListening()
  }
}
