/**
 * What goes wrong with a call: `throttle` and `error5xx` answer an error and do not act, and so do
 * `deny`, `expire` and `refuse`, whose error is that of a role that may not, of credentials past
 * their time, and one to choose; `drop` cuts the connection and does not act; `loseResponse` acts,
 * then cuts the connection; `delay` acts after a while; `leaveOut` acts, and leaves fields out of
 * its answer.
 */
export type FaultKind = (typeof faultKinds)[number]

export const faultKinds = [
  'throttle',
  'error5xx',
  'deny',
  'expire',
  'refuse',
  'drop',
  'delay',
  'loseResponse',
  'leaveOut',
] as const

export interface Fault {
  readonly id: string
  /** `UpdateService`, `ECS:UpdateService`, `ECR:*` or `*`. */
  readonly operation: string
  readonly kind: FaultKind
  /** Only calls to AWS that name this somewhere in their input: a cluster, a service, an ARN. */
  readonly about?: string
  /** How many more calls it hits; `forever` until it is deleted. */
  readonly count: number | 'forever'
  /** How many matching calls it still lets pass before the first one it hits. */
  readonly after: number
  /** Milliseconds; of `delay` only. */
  readonly delayMs: number
  /** Of `refuse` only: the error's name, `ClientException`, and its message. */
  readonly code: string
  readonly message: string
  /** Of `leaveOut` only: names of fields, left out wherever they stand in the answer. */
  readonly fields: readonly string[]
}
