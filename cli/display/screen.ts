import type { FollowEvent } from '../../client/index.ts'

/** Shows a release while it runs. */
export interface Display {
  show(event: FollowEvent): void
  /** Leaves what was shown in place. To be called whatever happened. */
  close(): void
}

/** The stream that a display writes to; `process.stdout` in life. */
export type Screen = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns' | 'rows'>
