import type { FollowEvent } from '../../client/index.ts'

/** Shows a release while it runs. */
export interface Display {
  show(event: FollowEvent): void
  /** Stops drawing, and leaves the last frame in place. Call it after an error as well. */
  close(): void
}

/** The stream that a display writes to: `process.stdout`, except in tests. */
export type Screen = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns' | 'rows'>
