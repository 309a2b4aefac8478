/** What a person can do to an environment, and `signal` for an unknown signal. */
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
  | 'signal'
  | 'unfreeze'

/** A manual action, done or attempted. Times are milliseconds since the epoch. */
export interface Control {
  readonly kind: ControlKind
  readonly by: string
  readonly at: number
  readonly reason?: string
  /** Id of the release that it was about. */
  readonly release?: string
  /** Why it was rejected. Absent: it was done. */
  readonly rejected?: string
}

/** A control, checked and read from the body of a signal or an Update. */
export interface ControlRequest {
  readonly by: string
  readonly reason?: string
  /** Id of the release that it is about. Absent: the only one that it can be about. */
  readonly release?: string
  /** End of a freeze, in milliseconds since the epoch. */
  readonly until?: number
}

/** The controls that are decided from the state alone. Rollbacks and releases are requests. */
export type PlainControl = Exclude<Control['kind'], 'override' | 'release' | 'rollback' | 'signal'>

/** The body of an Update or a signal of a control. Every field may be absent. */
export interface ControlBody {
  /** Recorded with the control. */
  readonly requestedBy?: string
  readonly reason?: string
  /** Id of the release that it is about, where several are possible. */
  readonly release?: string
  /** End of a freeze, as ISO 8601: `2026-12-27T08:00:00Z`. */
  readonly until?: string
  /** Of a rollback: the release, commit or revision to roll back to. */
  readonly to?: string
}
