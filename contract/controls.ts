export type ControlKind =
  | 'approve'
  | 'cancel'
  | 'freeze'
  | 'override'
  | 'pause'
  | 'reject'
  | 'release'
  | 'resume'
  | 'rollback'
  /** One by a name that there is not. */
  | 'signal'
  | 'unfreeze'

export interface Control {
  readonly kind: ControlKind
  readonly by: string
  readonly at: number
  readonly reason?: string
  /** The release that it was about. */
  readonly release?: string
  /** Present where it could not be done: why. */
  readonly rejected?: string
}

/** What a person asks of an environment, as a signal or an Update carries it. */
export interface ControlRequest {
  readonly by: string
  readonly reason?: string
  /** Id of the release that it is about. Left out: the one that it can only be about. */
  readonly release?: string
  /** End of a freeze, in milliseconds since the epoch. */
  readonly until?: number
}

/** The controls that need nothing but the state. Rollbacks and releases are requests. */
export type PlainControl = Exclude<Control['kind'], 'override' | 'release' | 'rollback' | 'signal'>

/** What an Update or a signal of a control carries; all of it may be left out. */
export interface ControlBody {
  /** Who asks, for the record. */
  readonly requestedBy?: string
  readonly reason?: string
  /** Id of the release that it is about, where that is not plain. */
  readonly release?: string
  /** End of a freeze: a date and time as ISO 8601 has it, `2026-12-27T08:00:00Z`. */
  readonly until?: string
  /** For a rollback: the release or commit to go back to. */
  readonly to?: string
}
