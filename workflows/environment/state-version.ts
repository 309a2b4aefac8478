import { patched, upsertMemo } from '@temporalio/workflow'

/**
 * Writes a command, the memo `stateVersion`, for everything that happens to an environment: its start,
 * each change of its state, and its close.
 *
 * A workflow task must not have an effect without writing a command. The SDK's core (1.24) merges
 * tasks without commands into the next one, but splits them again where that one accepted an Update,
 * and does the second only once that Update is in the history. So a worker that sees the Update for
 * the first time would handle messages in another order than every later one, and the environment
 * would answer nobody any more.
 */
export interface StateVersion {
  write(version: number): void
  writeClosing(version: number): void
}

const write = (version: number) => upsertMemo({ stateVersion: version })

export function openStateVersion(): StateVersion {
  // Histories of 0.2 write no command at the start and at the close.
  const isWrittenAlways = patched('state-version-at-start-and-close')
  if (isWrittenAlways) write(0)
  return {
    write,
    writeClosing(version) {
      if (isWrittenAlways) write(version)
    },
  }
}
