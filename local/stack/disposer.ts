/** What must be stopped again, in the reverse order of its start. */
export interface Closing {
  readonly add: (name: string, stop: () => Promise<unknown>) => void
  /** Stops everything, going on past what fails. Again: the same promise. */
  readonly close: () => Promise<void>
}

/** @param report is told what did not stop, and why */
export function createClosing(report: (line: string) => void): Closing {
  const parts: { name: string; stop: () => Promise<unknown> }[] = []
  let closing: Promise<void> | undefined
  async function closeAll(): Promise<void> {
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
    close: () => (closing ??= closeAll()),
  }
}
