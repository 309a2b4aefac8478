/** Stops what was started, in reverse order. */
export interface Disposer {
  readonly add: (name: string, stop: () => Promise<unknown>) => void
  /** Stops everything, also after a part has failed to stop. Called again: the same promise. */
  readonly dispose: () => Promise<void>
}

/** @param report called with each part that did not stop, and the reason */
export function createDisposer(report: (line: string) => void): Disposer {
  const parts: { name: string; stop: () => Promise<unknown> }[] = []
  let disposed: Promise<void> | undefined
  async function stopAll(): Promise<void> {
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      try {
        await part.stop()
      } catch (error) {
        report(
          `${part.name} did not stop: ${error instanceof Error ? error.message : String(error)}`,
        )
      }
    }
  }
  return {
    add: (name, stop) => void parts.push({ name, stop }),
    dispose: () => (disposed ??= stopAll()),
  }
}
