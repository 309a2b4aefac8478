import { readFault } from './read-fault.ts'

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

export interface Faults {
  /** Fails with a sentence for the person who asked when the fault makes no sense. */
  add(asked: unknown): Fault
  /** The fault that hits this call, if any; counts it. */
  take(service: string, operation: string, input?: unknown): Fault | undefined
  list(): readonly Fault[]
  /** All of them, or one. Gives how many went. */
  clear(id?: string): number
}

export function createFaults(): Faults {
  let faults: Fault[] = []
  return {
    add(asked) {
      const fault = readFault(asked)
      faults.push(fault)
      return fault
    },
    take(service, operation, input) {
      const fault = faults.find(
        (each) =>
          matches(each.operation, service, operation) &&
          (each.about === undefined || names(input, each.about)),
      )
      if (fault === undefined) return undefined
      const spent = spend(fault)
      faults = faults.flatMap((each) => (each !== fault ? [each] : spent ? [spent] : []))
      return fault.after > 0 ? undefined : fault
    },
    list: () => faults,
    clear(id) {
      const before = faults.length
      faults = id === undefined ? [] : faults.filter((each) => each.id !== id)
      return before - faults.length
    },
  }
}

function spend(fault: Fault): Fault | undefined {
  if (fault.after > 0) return { ...fault, after: fault.after - 1 }
  if (fault.count === 'forever') return fault
  return fault.count > 1 ? { ...fault, count: fault.count - 1 } : undefined
}

function matches(pattern: string, service: string, operation: string): boolean {
  const [first, second] = pattern.split(':')
  if (second === undefined) return first === '*' || first === operation
  return first?.toLowerCase() === service.toLowerCase() && (second === '*' || second === operation)
}

function names(input: unknown, text: string): boolean {
  if (typeof input !== 'object' || input === null) return input === text
  return Object.values(input).some((value) => names(value, text))
}
