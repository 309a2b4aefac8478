/**
 * What goes wrong with a call. `throttle`, `error5xx`, `deny`, `expire` and `refuse` answer with an
 * error and do not act: the last three with the errors of a missing permission, of expired
 * credentials, and one of your choice. `drop` cuts the connection and does not act. `loseResponse`
 * acts, then cuts the connection. `delay` acts after a delay. `leaveOut` acts, and omits fields from
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
  /** Only calls to AWS with exactly this somewhere in their input: a cluster, a service, an ARN. */
  readonly about?: string
  /** How many more calls it hits. `forever`: until it is deleted. */
  readonly count: number | 'forever'
  /** How many matching calls still pass before the first one that it hits. */
  readonly after: number
  /** For `delay` only: milliseconds. */
  readonly delayMs: number
  /** For `refuse` only: the error's name, such as `ClientException`, and its message. */
  readonly code: string
  readonly message: string
  /** For `leaveOut` only: names of fields, omitted at any depth of the answer. */
  readonly fields: readonly string[]
}
