import type { ReleaseStatus } from '../../contract/releases.ts'
import type { PendingActivity } from './pending.ts'

/** What happens while a release is followed. */
export type FollowEvent =
  | {
      readonly kind: 'progress'
      readonly status: ReleaseStatus
      readonly pending: readonly PendingActivity[]
    }
  /** The server or the worker does not answer: reported once, until it does. The release goes on. */
  | { readonly kind: 'trouble'; readonly with: 'server' | 'worker'; readonly reason: string }
  | { readonly kind: 'recovered'; readonly with: 'server' | 'worker' }
  /** It has not begun: it waits for its turn, an approval or the end of a freeze. */
  | { readonly kind: 'waiting'; readonly reason: string }
